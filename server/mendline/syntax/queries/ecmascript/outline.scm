; What JavaScript and TypeScript share.
(export_statement
  declaration: (class_declaration name: (_) @name body: (class_body) @body) @class) @outer
(class_declaration name: (_) @name body: (class_body) @body) @class

(export_statement
  declaration: (function_declaration name: (identifier) @name body: (statement_block) @body) @function) @outer
(function_declaration name: (identifier) @name body: (statement_block) @body) @function
(export_statement
  declaration: (generator_function_declaration
    name: (identifier) @name body: (statement_block) @body) @function) @outer
(generator_function_declaration name: (identifier) @name body: (statement_block) @body) @function

(method_definition name: (_) @name body: (statement_block) @body) @method

(export_statement
  declaration: (_
    (variable_declarator
      name: (identifier) @name
      value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @function)) @outer
(_
  (variable_declarator
    name: (identifier) @name
    value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @function) @outer
(variable_declarator name: (identifier) @name value: (class body: (class_body) @body)) @class
(pair
  key: (property_identifier) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @method
(assignment_expression
  left: (member_expression
    object: (member_expression object: (identifier) @within property: (property_identifier) @_prototype)
    property: (property_identifier) @name)
  right: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]
  (#eq? @_prototype "prototype")) @method
(assignment_expression
  left: (member_expression object: (identifier) @_exports property: (property_identifier) @name)
  right: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]
  (#eq? @_exports "exports")) @function

(program
  (export_statement
    declaration: (lexical_declaration kind: "const" (variable_declarator name: (identifier) @name) @constant)) @outer)
(program (lexical_declaration kind: "const" (variable_declarator name: (identifier) @name) @constant) @outer)
(program (export_statement declaration: (_ (variable_declarator name: (identifier) @name) @variable)) @outer)
(program (_ (variable_declarator name: (identifier) @name) @variable) @outer)
