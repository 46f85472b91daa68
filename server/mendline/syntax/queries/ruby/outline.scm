(module name: [(constant) (scope_resolution)] @name body: (_)? @body) @module
(class name: [(constant) (scope_resolution)] @name body: (_)? @body) @class
(method name: (_) @name body: (_)? @body) @function
(singleton_method object: (self) name: (_) @name body: (_)? @body) @function
(singleton_method object: (constant) @within name: (_) @name body: (_)? @body) @method
(assignment left: [(constant) (scope_resolution)] @name) @constant
(call
  method: (identifier) @_accessor
  arguments: (argument_list (simple_symbol) @name)
  (#any-of? @_accessor "attr_accessor" "attr_reader" "attr_writer")) @variable
