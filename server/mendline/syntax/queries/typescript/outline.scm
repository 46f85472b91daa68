(export_statement
  declaration: (abstract_class_declaration name: (_) @name body: (class_body) @body) @class) @outer
(abstract_class_declaration name: (_) @name body: (class_body) @body) @class
(export_statement
  declaration: (interface_declaration name: (_) @name body: (interface_body) @body) @interface) @outer
(interface_declaration name: (_) @name body: (interface_body) @body) @interface
(export_statement declaration: (enum_declaration name: (_) @name body: (enum_body) @body) @enum) @outer
(enum_declaration name: (_) @name body: (enum_body) @body) @enum
(export_statement declaration: (type_alias_declaration name: (_) @name) @type) @outer
(type_alias_declaration name: (_) @name) @type
(internal_module name: [(identifier) (nested_identifier)] @name body: (statement_block) @body) @module
(module name: [(identifier) (nested_identifier)] @name body: (statement_block) @body) @module

(export_statement declaration: (function_signature name: (identifier) @name) @function) @outer
(function_signature name: (identifier) @name) @function
(abstract_method_signature name: (_) @name) @method
(method_signature name: (_) @name) @method

(public_field_definition
  name: (_) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @method
(public_field_definition name: (_) @name) @variable
(property_signature name: (_) @name) @variable
(enum_body (property_identifier) @name @constant)
(enum_body (enum_assignment name: (_) @name) @constant)

(statement_block
  (export_statement
    declaration: (lexical_declaration kind: "const" (variable_declarator name: (identifier) @name) @constant)) @outer)
(ambient_declaration
  (lexical_declaration kind: "const" (variable_declarator name: (identifier) @name) @constant)) @outer
(ambient_declaration (_ (variable_declarator name: (identifier) @name) @variable)) @outer
