(class_declaration "interface" name: (identifier) @name (class_body)? @body) @interface
(class_declaration (modifiers (class_modifier "enum")) name: (identifier) @name (enum_class_body)? @body) @enum
(class_declaration name: (identifier) @name [(class_body) (enum_class_body)]? @body) @class
(object_declaration name: (identifier) @name (class_body)? @body) @module
(enum_entry . (identifier) @name) @constant
(function_declaration name: (identifier) @name (function_body)? @body) @function
(type_alias type: (identifier) @name) @type
(property_declaration
  (modifiers (property_modifier "const")) (variable_declaration . (identifier) @name)) @constant
(property_declaration (variable_declaration . (identifier) @name)) @variable
(class_parameter ["val" "var"] (identifier) @name) @variable
