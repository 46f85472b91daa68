"""What a keystroke costs: typing traces replayed on the engine, on the whole path, and on other servers.

`traces` says what a person did, `synthetic` and `recorded` are two sources of that, `system` is what answers (with
`engine_alone`, `whole_path` and `llama_server` as kinds of it), `replay` sends one to the others and takes the time,
`summary` and `plot` sum up, and `bench` puts them together.
"""
