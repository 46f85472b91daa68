"""A sound piece of code in every language that Mendline parses, by language id."""

from __future__ import annotations

SAMPLES = {
    "python": 'def add(a, b):\n    """Sum."""\n    return [a + b]  # done\n',
    "javascript": "function add(a, b) {\n  return `${a} ${b}`;\n}\n",
    "javascriptreact": "const x = <p title='a'>{y}</p>;\n",
    "typescript": "const add = (a: number, b: number): number => a + b;\n",
    "typescriptreact": "const X = (p: P) => <div id='x'>{p.y}</div>;\n",
    "rust": "fn add(a: i32, b: i32) -> i32 {\n    a + b\n}\n",
    "go": 'package main\n\nfunc main() {\n\tprintln("a")\n}\n',
    "c": "int add(int a, int b) {\n  return a + b;\n}\n",
    "cpp": "template <typename T> T add(T a, T b) {\n  return a + b;\n}\n",
    "java": "class A {\n  int add(int a, int b) {\n    return a + b;\n  }\n}\n",
    "csharp": "class A {\n  int Add(int a, int b) {\n    return a + b;\n  }\n}\n",
    "ruby": 'def add(a, b)\n  puts "#{a}"\nend\n',
    "php": "<p>\n<?php\nfunction add($a, $b) {\n  return $a + $b;\n}\n?>\n",
    "shellscript": 'add() {\n  echo "$1 $(date)"\n}\n',
    "lua": "function add(a, b)\n  return a + b\nend\n",
    "kotlin": "fun add(a: Int, b: Int): Int {\n    return a + b\n}\n",
    "html": "<!DOCTYPE html>\n<p class='a'>b</p>\n",
    "css": "p { color: red; }\n",
    "json": '{"a": [1, 2, {"b": null}]}\n',
    "jsonc": '{"a": [1, 2]} // done\n',
    "yaml": "a:\n  - b: 1\n    c: [d, e]\n",
    "toml": '[a]\nb = ["c", 1]\n',
    "markdown": "# Title\n\n- one\n- two\n\n```python\nx\n```\n",
    "sql": "SELECT a, b FROM t WHERE a > 1;\n",
}
