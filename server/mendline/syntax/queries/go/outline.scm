(function_declaration name: (identifier) @name body: (block)? @body) @function
(method_declaration
  receiver: (parameter_list
    (parameter_declaration
      type: [
        (type_identifier) @within
        (generic_type type: (type_identifier) @within)
        (pointer_type (type_identifier) @within)
        (pointer_type (generic_type type: (type_identifier) @within))
      ]))
  name: (field_identifier) @name
  body: (block)? @body) @method
(method_elem name: (field_identifier) @name) @method

; A definition in a group, `type ( … )`, is shown without the group.
(type_declaration
  "(" (type_spec name: (type_identifier) @name type: (struct_type (field_declaration_list) @body)) @class)
(type_declaration
  (type_spec name: (type_identifier) @name type: (struct_type (field_declaration_list) @body)) @class) @outer
(type_declaration
  "(" (type_spec name: (type_identifier) @name type: (interface_type "{" @body)) @interface)
(type_declaration
  (type_spec name: (type_identifier) @name type: (interface_type "{" @body)) @interface) @outer
(type_declaration "(" [(type_spec name: (_) @name) (type_alias name: (_) @name)] @type)
(type_declaration [(type_spec name: (_) @name) (type_alias name: (_) @name)] @type) @outer
(field_declaration name: (field_identifier) @name) @variable

(const_declaration "(" (const_spec name: (identifier) @name) @constant)
(const_declaration (const_spec name: (identifier) @name) @constant) @outer
(var_declaration (var_spec name: (identifier) @name) @variable) @outer
(var_spec name: (identifier) @name) @variable
