"""Where names of standard libraries come from: those that programs use most."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Final


def _table(lines: str) -> dict[str, str]:
    """Read lines of a place and the names in it."""
    return {name: place for place, *names in (line.split() for line in lines.strip().splitlines()) for name in names}


_PYTHON: Final = _table("""
    abc ABC abstractmethod
    argparse ArgumentParser Namespace
    collections Counter OrderedDict defaultdict deque namedtuple ChainMap
    collections.abc AsyncIterator Awaitable Callable Generator Hashable Iterable Iterator Mapping Sequence
    collections.abc MutableMapping MutableSequence
    concurrent.futures ProcessPoolExecutor ThreadPoolExecutor as_completed
    contextlib closing contextmanager nullcontext suppress asynccontextmanager ExitStack
    copy deepcopy
    dataclasses asdict dataclass field replace
    datetime date datetime timedelta timezone
    decimal Decimal
    enum Enum IntEnum StrEnum auto
    fractions Fraction
    functools cache cached_property lru_cache partial reduce total_ordering wraps
    heapq heapify heappop heappush
    io BytesIO StringIO
    itertools accumulate chain combinations count cycle groupby islice pairwise permutations product zip_longest
    math ceil floor gcd isclose log pi sqrt
    operator attrgetter itemgetter
    pathlib Path PurePath
    pprint pprint
    queue Queue
    random choice randint shuffle
    statistics mean median stdev
    tempfile NamedTemporaryFile TemporaryDirectory
    textwrap dedent
    threading Event Lock Thread
    time monotonic perf_counter sleep
    types SimpleNamespace
    typing Any ClassVar Dict Final Generic List Literal NamedTuple Optional Protocol Tuple TypedDict TypeVar Union cast
    unittest TestCase
    unittest.mock MagicMock Mock patch
    urllib.parse urlencode urljoin urlparse
    uuid uuid4 UUID
""")
_PYTHON_ALIASES: Final = {"np": "numpy", "pd": "pandas", "plt": "matplotlib.pyplot", "ET": "xml.etree.ElementTree"}
_JAVA: Final = _table("""
    java.io BufferedReader File FileReader FileWriter IOException InputStream InputStreamReader PrintWriter Reader
    java.math BigDecimal BigInteger
    java.nio.charset StandardCharsets
    java.nio.file Files Path Paths
    java.time Duration Instant LocalDate LocalDateTime LocalTime ZonedDateTime
    java.util ArrayDeque ArrayList Arrays Collection Collections Comparator Deque EnumMap HashMap HashSet Iterator
    java.util LinkedHashMap LinkedList List Locale Map Objects Optional PriorityQueue Queue Random Scanner Set Stack
    java.util StringJoiner TreeMap TreeSet UUID
    java.util.concurrent Callable ConcurrentHashMap CompletableFuture ExecutorService Executors Future TimeUnit
    java.util.concurrent.atomic AtomicBoolean AtomicInteger AtomicLong
    java.util.function BiFunction Consumer Function Predicate Supplier UnaryOperator
    java.util.regex Matcher Pattern
    java.util.stream Collectors IntStream Stream
""")
_RUST: Final = _table("""
    std::cell Cell RefCell
    std::cmp Ordering Reverse
    std::collections BTreeMap BTreeSet BinaryHeap HashMap HashSet VecDeque
    std::env args
    std::error Error
    std::fmt Display Formatter
    std::fs File
    std::io BufRead BufReader Read Write
    std::path Path PathBuf
    std::rc Rc
    std::str FromStr
    std::sync Arc Mutex RwLock
    std::time Duration Instant SystemTime
""")
_RUST_MODULES: Final = frozenset({"cmp", "collections", "env", "fmt", "fs", "io", "mem", "process", "thread", "iter"})
_C: Final = _table("""
    assert.h assert
    ctype.h isalnum isalpha isdigit islower isspace isupper tolower toupper
    errno.h errno
    limits.h CHAR_BIT INT_MAX INT_MIN LONG_MAX UINT_MAX
    math.h ceil fabs floor fmod log pow sqrt
    stdarg.h va_end va_list va_start
    stdbool.h bool false true
    stdint.h SIZE_MAX int16_t int32_t int64_t int8_t uint16_t uint32_t uint64_t uint8_t uintptr_t
    stdio.h FILE fclose fgets fopen fprintf fputs getchar perror printf putchar puts scanf snprintf sprintf sscanf
    stdio.h stderr stdin stdout
    stdlib.h EXIT_FAILURE EXIT_SUCCESS abs atof atoi calloc exit free getenv malloc qsort rand realloc srand strtol
    string.h memcmp memcpy memmove memset strcat strchr strcmp strcpy strdup strlen strncmp strncpy strstr strtok
    time.h clock time time_t
""")
_CPP: Final = _table("""
    algorithm find_if max_element min_element reverse sort transform
    functional function
    iostream cerr cin cout endl
    map map multimap
    memory make_shared make_unique shared_ptr unique_ptr
    numeric accumulate iota
    optional nullopt optional
    set set
    sstream istringstream ostringstream stringstream
    string string to_string
    unordered_map unordered_map
    unordered_set unordered_set
    utility move pair swap
    vector vector
""")
_GO: Final = frozenset(
    {"bufio", "bytes", "context", "errors", "fmt", "io", "log", "math", "os", "regexp", "sort", "strconv", "strings",
     "sync", "time", "unicode"}
)  # fmt: skip
_NODE: Final = frozenset(
    {"assert", "child_process", "crypto", "events", "fs", "http", "https", "net", "os", "path", "readline", "stream",
     "url", "util", "zlib"}
)  # fmt: skip


def _python(name: str, text: str) -> list[str]:
    if name in _PYTHON_ALIASES:
        return [f"import {_PYTHON_ALIASES[name]} as {name}"]
    lines = [f"from {_PYTHON[name]} import {name}"] if name in _PYTHON else []
    if name in sys.stdlib_module_names:
        # `datetime.datetime` and `copy.copy` want the module, `datetime(…)` what it has of that name.
        lines.insert(1 if f"{name}(" in text else 0, f"import {name}")
    return lines


def _java(name: str, _: str) -> list[str]:
    return [f"import {_JAVA[name]}.{name};"] if name in _JAVA else []


def _rust(name: str, _: str) -> list[str]:
    if name in _RUST_MODULES:
        return [f"use std::{name};"]
    return [f"use {_RUST[name]}::{name};"] if name in _RUST else []


def _c(name: str, _: str) -> list[str]:
    return [f"#include <{_C[name]}>"] if name in _C else []


def _cpp(name: str, text: str) -> list[str]:
    return [f"#include <{_CPP[name]}>"] if name in _CPP else _c(name, text)


def _go(name: str, _: str) -> list[str]:
    return [f'import "{name}"'] if name in _GO else []


def _node(name: str, text: str) -> list[str]:
    if name not in _NODE:
        return []
    if "require(" in text:
        return [f'const {name} = require("node:{name}");']
    return [f'import * as {name} from "node:{name}";']


KNOWN_IMPORTS: Final[Mapping[str, Callable[[str, str], list[str]]]] = {
    "python": _python,
    "java": _java,
    "rust": _rust,
    "c": _c,
    "cpp": _cpp,
    "go": _go,
    "javascript": _node,
    "javascriptreact": _node,
    "typescript": _node,
    "typescriptreact": _node,
}
"""Language id to a function from a name and the file's text to the import lines to try."""
