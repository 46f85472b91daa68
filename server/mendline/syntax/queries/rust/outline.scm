(struct_item name: (type_identifier) @name body: (field_declaration_list)? @body) @class
(union_item name: (type_identifier) @name body: (field_declaration_list) @body) @class
(enum_item name: (type_identifier) @name body: (enum_variant_list) @body) @enum
(trait_item name: (type_identifier) @name body: (declaration_list) @body) @interface
(mod_item name: (identifier) @name body: (declaration_list) @body) @module
(function_item name: (identifier) @name body: (block) @body) @function
(function_signature_item name: (identifier) @name) @function
(macro_definition name: (identifier) @name) @function
(type_item name: (type_identifier) @name) @type
(associated_type name: (type_identifier) @name) @type
(const_item name: (identifier) @name) @constant
(static_item name: (identifier) @name) @variable
(field_declaration name: (field_identifier) @name) @variable
(enum_variant name: (identifier) @name) @constant

(impl_item
  type: [
    (type_identifier) @name
    (generic_type type: (type_identifier) @name)
    (scoped_type_identifier name: (type_identifier) @name)
    (generic_type type: (scoped_type_identifier name: (type_identifier) @name))
    (reference_type type: (_) @name)
    (primitive_type) @name
  ]) @scope
