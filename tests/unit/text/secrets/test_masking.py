from __future__ import annotations

import ast

import pytest

from mendline.text.secrets import has_placeholder, mask, mask_around
from support.planted_secrets import PLANTED, pieces_of


@pytest.mark.parametrize("kind", PLANTED)
def test_a_secret_is_masked_and_the_code_around_it_stays(kind: str) -> None:
    line, secret = PLANTED[kind]
    masked = mask(f"before = 1\n{line}\nafter = 2\n")
    assert secret not in masked
    assert len(masked) == len(line) + 22
    ast.parse(masked)
    start = line.index(secret)
    assert masked.startswith("before = 1\n" + line[: min(start, 6)])
    assert masked.endswith(line[line.index(secret) + len(secret) :] + "\nafter = 2\n")


@pytest.mark.parametrize("kind", PLANTED)
def test_no_half_of_a_secret_is_left(kind: str) -> None:
    line, secret = PLANTED[kind]
    masked = mask(line)
    assert not any(piece in masked for piece in pieces_of(secret))


R = "q8Zt2LmX9vB4nK7wJ3hD"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('password = "hunter2"', 'password = "xxxxxx0"'),
        ("password: 'hunter2',", "password: 'xxxxxx0',"),
        ('cfg["db_password"] = "hunter2"', 'cfg["db_password"] = "xxxxxx0"'),
        ('{"password": "hunter2"}', '{"password": "xxxxxx0"}'),
        ('password: str = "hunter2"', 'password: str = "xxxxxx0"'),
        ('if password == "hunter2":', 'if password == "xxxxxx0":'),
        ('os.getenv("DB_PASSWORD", "hunter2")', 'os.getenv("DB_PASSWORD", "xxxxxx0")'),
        ('const dbPassword = "pa\\"ss-1";', 'const dbPassword = "xx\\"xx-0";'),
        ('passphrase = b"a\\x00\\nbc12!"', 'passphrase = b"x\\x00\\nxx00!"'),
        # Still being typed.
        ('password = "hunter2', 'password = "xxxxxx0'),
        ("t = 'ghp_aB3dE5gH7jK9mN2p", "t = 'ghp_xX0xX0xX0xX0xX0x"),
        # In configuration files nothing is quoted.
        (f"api_key: {R}", "api_key: x0Xx0XxX0xX0xX0xX0xX"),
        (f"export TOKEN={R}", "export TOKEN=x0Xx0XxX0xX0xX0xX0xX"),
        (f"token = {R}  # ours", "token = x0Xx0XxX0xX0xX0xX0xX  # ours"),
        (f"//npm.example.org/:_authToken={R}", "//npm.example.org/:_authToken=x0Xx0XxX0xX0xX0xX0xX"),
        ("git clone https://ada:s3cr3tpw@git.example/x", "git clone https://ada:x0xx0xxx@git.example/x"),
    ],
)
def test_values_by_their_names(text: str, expected: str) -> None:
    assert mask(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        # Nothing secret in it, or nothing yet.
        "",
        "password = input()",
        "token = self.tokens[0]",
        "token = get_token_v2(request)",
        "token = response.json2.access_token1",
        "secret = sha256_of_the_file_2",
        'password = ""',
        'password = "changeme"',
        'password = "password123"',
        'password = "test_password_1"',
        'password = "xxxxxxxx"',
        'password = "********"',
        'token = "your-token-here-1"',
        'API_KEY = "<API_KEY_1>"',
        'API_KEY = os.environ["API_KEY"]',
        'password = "${DB_PASSWORD1}"',
        'password = f"{prefix1}"',
        'password = "{{ vault_password1 }}"',
        "password: ${{ secrets.DB_PASSWORD_1 }}",
        'message = {"password": "Must have 8 characters"}',
        'token_type = "utf8mb4bin2"',
        'token = "identifier2"',
        'secret_name = "prod/db-2/password"',
        'open(pwd, "./data/set-1.csv")',
        "https://example.com:8080/a@b",
        "postgres://user:password@localhost/app",
        "postgres://user:{password}@localhost/app",
        "postgres://user:${PASSWORD}@localhost/app",
        "sk-learn-contrib-extension-name",
        "task-force-one-hundred-and-2-people",
        # Hashes, ids and data, which are random without being secret.
        "commit 3f2a9c1b7d8e6f50a1b2c3d4e5f60718293a4b5c",
        'rev = "3f2a9c1b7d8e6f50a1b2c3d4e5f60718293a4b5c"',
        'aws_commit = "3f2a9c1b7d8e6f50a1b2c3d4e5f60718293a4b5c"',
        'id = "550e8400-e29b-41d4-a716-446655440000"',
        '"integrity": "sha512-q8Zt2LmX9vB4nK7wJ3hDq8Zt2LmX9vB4nK7wJ3hDq8Zt2LmX9vB4nK7wJ3hDq8Zt2LmX9vB4nK=="',
        "    --hash=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        'src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4"',
        'if "-----BEGIN PRIVATE KEY-----" in text and "-----END PRIVATE KEY-----" in text:',
        "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUF\n-----END CERTIFICATE-----",
        "eyJhbGciOiJIUzI1NiJ9",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert mask(text) is text


KEY = "\n".join("MIIEpAIBAAKCAQEA7Vb9K2mN4pQ6rS8tU0vW1xY3zA5bC7dE9fG1hI3jK5l" for _ in range(4)) + "\nQk8="
END = "-----END PRIVATE KEY-----"


@pytest.mark.parametrize(
    "block",
    [
        f"-----BEGIN PRIVATE KEY-----\n{KEY}\n{END}",
        f"-----BEGIN PRIVATE KEY-----\r\n{KEY}\r\n{END}".replace("\n", "\r\n").replace("\r\r", "\r"),
        "key = (\n"
        + "".join(f'    "{line}\\n"\n' for line in f"-----BEGIN PRIVATE KEY-----\n{KEY}\n{END}".split("\n"))
        + ")",
        "key = '" + f"-----BEGIN EC PRIVATE KEY-----\n{KEY}\n{END}".replace("\n", "\\n") + "'",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n" + KEY + "\n-----END OPENSSH PRIVATE KEY-----",
        # One marker lies outside of what is seen.
        f"-----BEGIN PRIVATE KEY-----\n{KEY}",
        f"{KEY}\n{END}",
    ],
)
def test_key_blocks(block: str) -> None:
    masked = mask(f"x = 1\n{block}\ny = 2\n")
    assert "pAIBAAKC" not in masked
    assert "hI3jK5l" not in masked
    assert masked.startswith("x = 1\n")
    assert masked.endswith("\ny = 2\n")
    assert [len(line) for line in masked.split("\n")] == [len(line) for line in f"x = 1\n{block}\ny = 2\n".split("\n")]


def test_a_long_text_is_masked_around_the_place_only() -> None:
    line = 'password = "hunter2"\n'
    text = line + "x = 1\n" * 20_000 + line + "x = 1\n" * 20_000 + line
    middle = len(line) + 6 * 20_000
    masked = mask_around(text, middle)
    assert masked == text[:middle] + line.replace("hunter2", "xxxxxx0") + text[middle + len(line) :]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (mask(f'api_key = "{R}"'), True),
        (mask("t = 'ghp_aB3dE5gH7jK9mN2p'"), True),
        (mask(f"key_id = 'AKIA{R[:16].upper()}'"), True),
        ("password = 'xxxxxxxxxx'", True),
        ("x = 0x00000000", False),
        ("mask = 0X0000", False),
        ("mktemp /tmp/a.XXXXXXXXXX", False),
        ("id = '00000000-0000-0000-0000-000000000000'", False),
        ("image.resize(1000x1000)", False),
        ("max(xs, x0, x1) + X[0]", False),
    ],
)
def test_placeholders_are_known_again(text: str, expected: bool) -> None:
    assert has_placeholder(text) is expected
