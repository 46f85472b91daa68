(preproc_function_def name: (identifier) @name) @function
(preproc_def name: (identifier) @name value: (_)) @constant

(namespace_definition name: (_) @name body: (declaration_list) @body) @module
(template_declaration
  [
    (class_specifier
      name: [(type_identifier) @name (template_type name: (_) @name)] body: (field_declaration_list) @body)
    (struct_specifier
      name: [(type_identifier) @name (template_type name: (_) @name)] body: (field_declaration_list) @body)
  ] @class) @outer
(class_specifier
  name: [(type_identifier) (qualified_identifier)] @name body: (field_declaration_list) @body) @class
(struct_specifier
  name: [(type_identifier) (qualified_identifier)] @name body: (field_declaration_list) @body) @class
(union_specifier name: (type_identifier) @name body: (field_declaration_list) @body) @class
(enum_specifier name: (type_identifier) @name body: (enumerator_list) @body) @enum
(enumerator name: (identifier) @name) @constant
(type_definition
  type: (struct_specifier body: (field_declaration_list) @body) declarator: (type_identifier) @name) @class
(type_definition
  type: (enum_specifier body: (enumerator_list) @body) declarator: (type_identifier) @name) @enum
(type_definition declarator: (type_identifier) @name) @type
(alias_declaration name: (type_identifier) @name) @type
(concept_definition name: (identifier) @name) @interface

(template_declaration
  (function_definition
    declarator: [
      (function_declarator declarator: (_) @name)
      (pointer_declarator (function_declarator declarator: (_) @name))
      (reference_declarator (function_declarator declarator: (_) @name))
    ]
    body: (compound_statement) @body) @function) @outer
(function_definition
  declarator: [
    (function_declarator declarator: (_) @name)
    (pointer_declarator (function_declarator declarator: (_) @name))
    (pointer_declarator (pointer_declarator (function_declarator declarator: (_) @name)))
    (reference_declarator (function_declarator declarator: (_) @name))
  ]
  body: (compound_statement)? @body) @function
(template_declaration
  (declaration declarator: (function_declarator declarator: (_) @name)) @function) @outer
(declaration
  declarator: [
    (function_declarator declarator: [(identifier) (destructor_name) (operator_name)] @name)
    (pointer_declarator (function_declarator declarator: (identifier) @name))
    (reference_declarator (function_declarator declarator: (identifier) @name))
  ]) @function
(field_declaration
  declarator: [
    (function_declarator declarator: [(field_identifier) (operator_name)] @name)
    (pointer_declarator (function_declarator declarator: (field_identifier) @name))
    (reference_declarator (function_declarator declarator: [(field_identifier) (operator_name)] @name))
  ]) @method

(declaration
  declarator: [
    (identifier) @name
    (pointer_declarator declarator: (identifier) @name)
    (array_declarator declarator: (identifier) @name)
    (init_declarator
      declarator: [
        (identifier) @name
        (pointer_declarator declarator: (identifier) @name)
        (array_declarator declarator: (identifier) @name)
        (reference_declarator (identifier) @name)
      ])
  ]) @variable
(field_declaration
  declarator: [
    (field_identifier) @name
    (pointer_declarator declarator: (field_identifier) @name)
    (array_declarator declarator: (field_identifier) @name)
    (reference_declarator (field_identifier) @name)
  ]) @variable
