(namespace_declaration name: (_) @name body: (declaration_list) @body) @module
(file_scoped_namespace_declaration name: (_) @name) @module
(class_declaration name: (identifier) @name body: (declaration_list)? @body) @class
(struct_declaration name: (identifier) @name body: (declaration_list)? @body) @class
(record_declaration name: (identifier) @name body: (declaration_list)? @body) @class
(interface_declaration name: (identifier) @name body: (declaration_list)? @body) @interface
(enum_declaration name: (identifier) @name body: (enum_member_declaration_list)? @body) @enum
(enum_member_declaration name: (identifier) @name) @constant
(delegate_declaration name: (identifier) @name) @type
(constructor_declaration name: (identifier) @name body: (_)? @body) @method
(method_declaration name: (identifier) @name body: (_)? @body) @method
(local_function_statement name: (identifier) @name body: (_) @body) @function
(property_declaration name: (identifier) @name accessors: (accessor_list)? @body) @variable
(event_declaration name: (identifier) @name) @variable
(field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @variable
(event_field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @variable
