"""JavaScript's tests, run by the real Node in the sandbox."""

from __future__ import annotations

from pathlib import Path

from mendline.checks.check import Project, Report, Status, Subject
from mendline.checks.finding import Point
from mendline.checks.sandbox.confining import LABELS, best_way
from mendline.checks.verifiers.node_test import NODE_TESTS
from support.indexed import write_files
from support.installed import needs

pytestmark = needs("node")

CART = "const { add } = require('adding');\nexports.total = (values) => values.reduce(add, 1);\n"
FIXED = CART.replace(", 1)", ", 0)")
TESTS = """const { test, describe, it } = require('node:test');
const assert = require('node:assert');
const { total } = require('../src/cart.js');

test('sums', () => {
  assert.equal(total([1, 2]), 3);
});
describe('of nothing', () => {
  it('is nothing', () => assert.strictEqual(total([]), 0, 'not nothing'));
  it.skip('is skipped', () => {});
  it('can fail elsewhere', () => total(null));
});
"""
FILES = {
    "src/cart.js": CART,
    "test/cart.test.js": TESTS,
    "test/broken.test.mjs": "import { test } from 'node:test';\nimport { total, x } from '../src/gone.mjs';\n"
    "test('a', () => {});\ntest('b', () => {});\n",
    "test/jest.test.js": "const { total } = require('../src/cart.js');\nit('is of another runner', () => {});\n",
    "node_modules/adding/index.js": "exports.add = (a, b) => a + b;\n",
}


async def check(root: Path, text: str) -> Report:
    path = "src/cart.js"
    return await NODE_TESTS.run(Subject(Project(root, trusted=True), path, "javascript", {path: text}), 100)


async def test_what_fails_is_told_where_it_fails(tmp_path: Path) -> None:
    write_files(tmp_path, FILES)
    report = await check(tmp_path, CART)
    assert (report.status, report.note, report.confinement) == (Status.RAN, "", LABELS[best_way()])
    # The two of a file that can't be loaded have failed, too.
    assert (report.tests_passed, report.tests_failed) == (0, 5)
    told = {finding.code: (finding.path, finding.start) for finding in report.findings}
    assert told.pop(next(name for name in told if name.endswith("broken.test.mjs")))[0] == "test/broken.test.mjs"
    assert told == {
        "sums": ("test/cart.test.js", Point(5, 9)),
        "is nothing": ("test/cart.test.js", Point(8, 32)),
        "can fail elsewhere": ("test/cart.test.js", Point(10, 33)),
    }
    assert "sums: 4 == 3" in [finding.message for finding in report.findings]


async def test_the_candidate_is_what_is_tested(tmp_path: Path) -> None:
    write_files(tmp_path, {name: text for name, text in FILES.items() if "broken" not in name})
    report = await check(tmp_path, FIXED)
    assert (report.tests_passed, report.tests_failed) == (2, 1)
    assert (tmp_path / "src/cart.js").read_text() == CART


async def test_without_tests_of_nodes_own_runner(tmp_path: Path) -> None:
    write_files(tmp_path, {name: FILES[name] for name in ("src/cart.js", "test/jest.test.js")})
    report = await check(tmp_path, CART)
    assert (report.status, report.confinement) == (Status.MISSING, "")
    assert "No test that uses node:test" in report.note
