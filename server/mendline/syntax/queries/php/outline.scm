(namespace_definition name: (namespace_name) @name body: (compound_statement)? @body) @module
(class_declaration name: (name) @name body: (declaration_list) @body) @class
(trait_declaration name: (name) @name body: (declaration_list) @body) @class
(interface_declaration name: (name) @name body: (declaration_list) @body) @interface
(enum_declaration name: (name) @name body: (enum_declaration_list) @body) @enum
(enum_case name: (name) @name) @constant
(function_definition name: (name) @name body: (compound_statement) @body) @function
(method_declaration name: (name) @name body: (compound_statement)? @body) @method
(const_declaration (const_element . (name) @name)) @constant
(property_declaration (property_element name: (variable_name (name) @name))) @variable
