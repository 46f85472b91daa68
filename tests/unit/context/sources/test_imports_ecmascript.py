from __future__ import annotations

from pathlib import Path

import pytest

from support.packages import related, shown

UTIL = """
--- src/util.ts
export const LIMIT = 10;

/** Read a file. */
export function read(path: string, strict = false): Promise<string> {
  return "";
}

export default class Store<T> extends Base {
  private size: number;
  constructor(size: number) {}
  get(key: string): T { return null; }
}

export interface Options {
  name: string;
}
"""
READ = "src/util.ts: // Read a file. / export function read(path: string, strict = false): Promise<string>"
STORE = (
    "src/util.ts: export default class Store<T> extends Base { / constructor(size: number) / get(key: string): T / }"
)


@pytest.mark.parametrize(
    ("importer", "text", "expected"),
    [
        ("src/app.ts", 'import { read } from "./util"\nˇ', [READ]),
        ("src/app.ts", 'import { read as r } from "./util.js"\nˇ', [READ]),
        ("src/deep/app.tsx", "import S from '../util'\nˇ", [STORE]),
        ("src/app.js", "const { read } = require('./util')\nˇ", [READ]),
        (
            "src/app.ts",
            'import type { Options } from "./util"\nˇ',
            ["src/util.ts: export interface Options { / name: string / }"],
        ),
        ("src/app.ts", 'import * as u from "./util"\nfunction f() {\n  u.read("")\n  ˇ\n}', [READ]),
        ("src/app.ts", 'import { nothing } from "./util"\nˇ', []),
        ("src/app.ts", 'import { read } from "./nowhere"\nˇ', []),
        ("src/app.ts", 'import fs from "node:fs"\nˇ', []),
    ],
)
def test_signatures_of_imported_names(tmp_path: Path, importer: str, text: str, expected: list[str]) -> None:
    found = shown(related(tmp_path, f"{UTIL}\n--- {importer}\n{text}"), "imports")
    assert found[: len(expected)] == expected
    assert bool(found) == bool(expected)


@pytest.mark.parametrize(
    ("files", "line", "expected"),
    [
        (
            "--- src/index.ts\nexport { run as start } from './api'\nexport * from './all'\n"
            "--- src/api.ts\nexport function run(): void {}\n--- src/all.ts\nexport function stop(): void {}\n",
            "import { start, stop } from '.'",
            ["src/api.ts: export function run(): void", "src/all.ts: export function stop(): void"],
        ),
        (
            "--- src/part.ts\nfunction inner(): void {}\nfunction other(): void {}\n"
            "export { inner as outer }\nexport default other\n",
            "import other, { outer } from './part'",
            ["src/part.ts: function other(): void", "src/part.ts: function inner(): void"],
        ),
        (
            '--- tsconfig.json\n{ // paths\n  "compilerOptions": { "paths": { "@/*": ["./src/*"], }, },\n}\n'
            "--- src/lib/a.ts\nexport function a(): void {}\n",
            "import { a } from '@/lib/a'",
            ["src/lib/a.ts: export function a(): void"],
        ),
        (
            '--- tsconfig.json\n{"compilerOptions": {"baseUrl": "src"}}\n'
            "--- src/lib/a.ts\nexport function a(): void {}\n",
            "import { a } from 'lib/a'",
            ["src/lib/a.ts: export function a(): void"],
        ),
        (
            '--- node_modules/dep/package.json\n{"main": "main.js", "types": "types.d.ts"}\n'
            "--- node_modules/dep/main.js\nfunction call(a) {}\n"
            "--- node_modules/dep/types.d.ts\nexport declare function call(a: number): void;\n",
            "import { call } from 'dep'",
            ["dep/types.d.ts: function call(a: number): void"],
        ),
        (
            "--- node_modules/@s/dep/package.json\n"
            '{"exports": {".": {"import": {"types": "./e.d.mts", "default": "./e.mjs"}}, "./sub": "./sub.js"}}\n'
            "--- node_modules/@s/dep/e.d.mts\nexport declare function call(): void;\n"
            "--- node_modules/@s/dep/sub.js\nexport function part() {}\n",
            "import { call } from '@s/dep'\nimport { part } from '@s/dep/sub'",
            ["@s/dep/e.d.mts: function call(): void", "@s/dep/sub.js: export function part()"],
        ),
        (
            "--- node_modules/@types/dep/index.d.ts\nexport declare function call(): void;\n",
            "import { call } from 'dep'",
            ["@types/dep/index.d.ts: function call(): void"],
        ),
        ("--- node_modules/dep/package.json\nnot json\n", "import { call } from 'dep'", []),
    ],
    ids=["index", "renamed", "paths", "baseUrl", "types", "exports", "@types", "broken"],
)
def test_names_are_followed(tmp_path: Path, files: str, line: str, expected: list[str]) -> None:
    found = related(tmp_path, f"{files}--- src/app.ts\n{line}\nˇ\n")
    assert shown(found, "imports") == expected
