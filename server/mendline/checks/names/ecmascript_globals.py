"""Names that JavaScript's hosts define: the language, browsers, workers, Node.js, Deno, Bun and test runners."""

from __future__ import annotations

import re
from typing import Final

GLOBALS: Final = frozenset(
    """
    AggregateError Array ArrayBuffer AsyncDisposableStack AsyncIterator Atomics BigInt BigInt64Array BigUint64Array
    Boolean DataView Date DisposableStack Error EvalError FinalizationRegistry Float16Array Float32Array Float64Array
    Function Infinity Int16Array Int32Array Int8Array Intl Iterator JSON Map Math NaN Number Object Promise Proxy
    RangeError ReferenceError Reflect RegExp Set SharedArrayBuffer String SuppressedError Symbol SyntaxError Temporal
    TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly
    arguments async await decodeURI decodeURIComponent encodeURI encodeURIComponent escape eval globalThis isFinite
    isNaN parseFloat parseInt undefined unescape super this

    AbortController AbortSignal Attr Blob BroadcastChannel ByteLengthQueuingStrategy Cache CacheStorage Clipboard
    ClipboardEvent ClipboardItem CloseEvent Comment CompositionEvent CompressionStream CountQueuingStrategy Credential
    Crypto CryptoKey CustomElementRegistry CustomEvent DataTransfer DecompressionStream DeviceMotionEvent
    DeviceOrientationEvent Document DocumentFragment DocumentType DragEvent Element ElementInternals ErrorEvent Event
    EventSource EventTarget File FileList FileReader FocusEvent FontFace FormData FormDataEvent Gamepad Geolocation
    HashChangeEvent Headers Highlight History Image ImageBitmap ImageCapture ImageData InputEvent IntersectionObserver
    IntersectionObserverEntry KeyboardEvent Location MathMLElement MessageChannel MessageEvent MessagePort MouseEvent
    MutationObserver MutationRecord NamedNodeMap NavigateEvent Navigation Navigator Node NodeFilter NodeIterator
    NodeList Notification OffscreenCanvas Option PageTransitionEvent Path2D PaymentRequest Performance PerformanceEntry
    PerformanceMark PerformanceMeasure PerformanceObserver PermissionStatus Permissions PointerEvent PopStateEvent
    ProgressEvent PromiseRejectionEvent PublicKeyCredential PushManager Range ReadableStream ReadableStreamBYOBReader
    ReadableStreamDefaultController ReadableStreamDefaultReader Request ResizeObserver ResizeObserverEntry Response
    Scheduler Screen Selection ServiceWorker ServiceWorkerRegistration ShadowRoot SharedWorker SpeechRecognition
    SpeechSynthesisUtterance StaticRange Storage StorageEvent StyleSheet SubmitEvent SubtleCrypto Text TextDecoder
    TextDecoderStream TextEncoder TextEncoderStream TextMetrics ToggleEvent Touch TouchEvent TouchList TransformStream
    TransformStreamDefaultController TransitionEvent TreeWalker UIEvent URL URLPattern URLSearchParams ValidityState
    ViewTransition VideoDecoder VideoEncoder VideoFrame VisualViewport WakeLock WheelEvent Window Worker
    WorkerGlobalScope Worklet WritableStream WritableStreamDefaultController WritableStreamDefaultWriter XMLHttpRequest
    XMLSerializer XPathResult addEventListener alert animation atob blur btoa caches cancelAnimationFrame
    cancelIdleCallback clearImmediate clearInterval clearTimeout clients close closed confirm console cookieStore
    createImageBitmap crypto customElements devicePixelRatio dispatchEvent document event fetch focus frameElement
    frames getComputedStyle getSelection history importScripts indexedDB innerHeight innerWidth isSecureContext
    launchQueue localStorage location locationbar matchMedia menubar moveBy moveTo navigation navigator onload
    onmessage open opener origin originAgentCluster outerHeight outerWidth pageXOffset pageYOffset parent performance
    postMessage print prompt queueMicrotask registration removeEventListener reportError requestAnimationFrame
    requestIdleCallback resizeBy resizeTo scheduler screen screenLeft screenTop screenX screenY scroll scrollBy
    scrollTo scrollX scrollY scrollbars self sessionStorage setImmediate setInterval setTimeout skipWaiting
    speechSynthesis statusbar structuredClone toolbar trustedTypes visualViewport window chrome browser google gtag ga
    dataLayer jQuery $ _ d3 React

    Buffer Bun Deno NodeJS __dirname __filename exports global module process require gc

    after afterAll afterEach assert before beforeAll beforeEach bench chai context cy Cypress describe expect fdescribe
    fit it jasmine jest mocha QUnit sinon specify spyOn suite test vi xdescribe xit xtest defineProps defineEmits
    defineExpose defineModel defineOptions defineSlots withDefaults
    """.split()  # noqa: SIM905 (a paragraph of words reads better than a column of them)
)
PLATFORM: Final = re.compile(
    r"(?:HTML|SVG|DOM|CSS|RTC|GPU|WebGL|IDB|Audio|Media|XR|USB|MIDI|Bluetooth|Web[A-Z]|XML|XPath|Font|Animation|__)\w*"
)
