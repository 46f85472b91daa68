"""The OpenAI API's JSON, as the engine's process writes it and the HTTP client reads it.

Requests, answers and errors are OpenAI's; what Mendline adds stands under the one key `mendline`:

    request   completions: {"path": "a.py", "context": [{"path": "b.py", "text": "..."}], "priority": 0}
              chat: {"priority": 1}
              `top_k` beside `top_p`, as most local servers have it
              `best_of` must be the same as `n`, since every candidate is returned
    answer    usage: {"prompt_seconds": 0.1, "completion_seconds": 0.2, "trimmed_tokens": 0, "approximate_tokens": 0},
              beside OpenAI's own `prompt_tokens_details.cached_tokens` and, for speculation,
              `completion_tokens_details.accepted_prediction_tokens` and `rejected_prediction_tokens` (which, other
              than OpenAI's, are not part of `completion_tokens`)
    error     {"class": "ModelInvalid"}: the class in `engine.errors` that the client raises again
"""
