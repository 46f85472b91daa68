(decorated_definition
  definition: (class_definition name: (identifier) @name body: (block) @body) @class) @outer
(class_definition name: (identifier) @name body: (block) @body) @class

(decorated_definition
  definition: (function_definition name: (identifier) @name body: (block) @body) @function) @outer
(function_definition name: (identifier) @name body: (block) @body) @function

(type_alias_statement left: (type [(identifier) @name (generic_type . (identifier) @name)])) @type

(module (expression_statement (assignment left: (identifier) @name)) @variable)
(module (if_statement consequence: (block (expression_statement (assignment left: (identifier) @name)) @variable)))
(module (try_statement body: (block (expression_statement (assignment left: (identifier) @name)) @variable)))
(class_definition
  body: (block (expression_statement (assignment left: (identifier) @name)) @variable))
