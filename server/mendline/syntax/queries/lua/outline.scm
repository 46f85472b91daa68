(function_declaration
  name: [(identifier) (dot_index_expression) (method_index_expression)] @name body: (block)? @body) @function
(chunk
  (variable_declaration
    (assignment_statement
      (variable_list name: (identifier) @name)
      (expression_list value: (function_definition body: (block)? @body))) @function) @outer)
(assignment_statement
  (variable_list name: [(identifier) (dot_index_expression)] @name)
  (expression_list value: (function_definition body: (block)? @body))) @function
(field name: (identifier) @name value: (function_definition body: (block)? @body)) @function
(chunk (variable_declaration (assignment_statement (variable_list name: (identifier) @name)) @variable) @outer)
(chunk (assignment_statement (variable_list name: [(identifier) (dot_index_expression)] @name)) @variable)
