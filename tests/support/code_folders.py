"""Folders of code, in small."""

from __future__ import annotations

from pathlib import Path

FUNCTIONS = "\n\n".join(
    f'''def plus_{number}(value, other=None):
    """Return the sum of value, other and {number}."""
    if other is None:
        other = 0
        print(value, other)
    return call(
        value + other,
        {number},
    )
'''
    for number in range(6)
)

SCRIPT = "\n\n".join(
    f"""export function plus{number}(value: number, other = 0) {{
  if (other === {number}) {{
    console.log(value, other);
    return value;
  }}
  const sum = call(
    value + other,
    [{number}, value],
  );
  return sum;
}}
"""
    for number in range(6)
)


def write_files(root: Path, files: dict[str, str]) -> Path:
    """Write files by their paths below `root`."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return root
