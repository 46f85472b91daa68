--- Mendline's suggestions as ghost text in Neovim 0.11.
---
--- Neovim 0.12 shows inline completions by itself (`vim.lsp.inline_completion`); this file does the same for 0.11:
--- ask the server while typing, draw the answer behind the cursor, insert it on request. Diagnostics and everything
--- else go through Neovim's own LSP client.
---
---     require('mendline').setup()                        -- <Tab> accepts, <C-]> dismisses
---     require('mendline').setup({ accept = '<C-y>' })    -- other keys; false maps none

local M = {}

local method = 'textDocument/inlineCompletion'
local namespace = vim.api.nvim_create_namespace('mendline')
local automatic, invoked = 2, 1 -- InlineCompletionTriggerKind: Invoked = 1, Automatic = 2

--- The suggestion on screen: { client, buffer, tick, item, lines }, or nil.
local shown
--- The request under way: { client, id }, or nil.
local pending
--- Whether the server is about to be told where the user is.
local telling = false

local defaults = {
  cmd = { 'mendline', 'serve' },
  accept = '<Tab>',
  accept_word = '<M-Right>',
  accept_line = '<M-C-Right>',
  dismiss = '<C-]>',
  invoke = '<M-\\>',
  filetypes = nil, -- all
  settings = {},
}

local function clear()
  if shown and vim.api.nvim_buf_is_valid(shown.buffer) then
    vim.api.nvim_buf_clear_namespace(shown.buffer, namespace, 0, -1)
  end
  shown = nil
end

local function cancel()
  if pending then
    pending.client:cancel_request(pending.id)
    pending = nil
  end
end

local function client_of(buffer)
  return vim.lsp.get_clients({ bufnr = buffer, name = 'mendline' })[1]
end

--- The text an item adds behind the cursor, or nil when it cannot be drawn there: the part of the line between the
--- range's start and the cursor must be what the item begins with.
local function behind_cursor(item, row, column, client)
  local range = item.range
  if range.start.line ~= row or range['end'].line ~= row then
    return nil
  end
  local line = vim.api.nvim_buf_get_lines(0, row, row + 1, true)[1]
  local from = vim.str_byteindex(line, client.offset_encoding, range.start.character, false)
  local typed = line:sub(from + 1, column)
  if not vim.startswith(item.insertText, typed) then
    return nil
  end
  return item.insertText:sub(#typed + 1)
end

local function draw(item, client)
  local buffer = vim.api.nvim_get_current_buf()
  local cursor = vim.api.nvim_win_get_cursor(0)
  local row, column = cursor[1] - 1, cursor[2]
  local text = behind_cursor(item, row, column, client)
  clear()
  if not text or text == '' then
    return
  end
  local lines = vim.split(text, '\r?\n')
  local below = {}
  for index = 2, #lines do
    below[#below + 1] = { { lines[index], 'NonText' } }
  end
  vim.api.nvim_buf_set_extmark(buffer, namespace, row, column, {
    virt_text = { { lines[1], 'NonText' } },
    virt_text_pos = 'inline',
    virt_lines = #below > 0 and below or nil,
  })
  shown = { client = client, buffer = buffer, tick = vim.api.nvim_buf_get_changedtick(buffer), item = item, lines = lines }
  client:notify('mendline/didShow', { item = item })
end

--- Ask for a suggestion at the cursor. `kind`: 1 invoked, 2 automatic.
---
--- A request under way is not cancelled: the server ends it, or goes on with it if what was typed is what it is writing.
function M.request(kind)
  local buffer = vim.api.nvim_get_current_buf()
  local client = client_of(buffer)
  if not client then
    return
  end
  local tick = vim.api.nvim_buf_get_changedtick(buffer)
  local cursor = vim.api.nvim_win_get_cursor(0)
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  params.context = { triggerKind = kind or invoked }
  local sent, id
  sent, id = client:request(method, params, function(error, result)
    if pending and pending.id == id then
      pending = nil
    end
    local unchanged = vim.api.nvim_get_current_buf() == buffer
      and vim.api.nvim_buf_get_changedtick(buffer) == tick
      and vim.deep_equal(vim.api.nvim_win_get_cursor(0), cursor)
    local items = result and (result.items or result) or {}
    if error or not unchanged or vim.fn.mode() ~= 'i' or vim.fn.pumvisible() == 1 or not items[1] then
      return
    end
    draw(items[1], client)
  end, buffer)
  pending = sent and { client = client, id = id } or nil
end

--- Replace a range by text, and put the cursor behind it.
local function insert(current, range, text)
  local encoding = current.client.offset_encoding
  local row = range.start.line
  vim.lsp.util.apply_text_edits({ { range = range, newText = text } }, current.buffer, encoding)
  local inserted = vim.split(text, '\r?\n')
  local last = row + #inserted - 1
  local column = #inserted[#inserted]
  if #inserted == 1 then
    local line = vim.api.nvim_buf_get_lines(current.buffer, row, row + 1, true)[1]
    column = column + vim.str_byteindex(line, encoding, range.start.character, false)
  end
  vim.api.nvim_win_set_cursor(0, { last + 1, column })
end

--- The suggestion on screen if it still fits the buffer, or nil.
local function current_suggestion()
  local current = shown
  if current and vim.api.nvim_buf_get_changedtick(current.buffer) == current.tick then
    return current
  end
end

--- Insert the suggestion on screen. Returns whether there was one.
function M.accept()
  local current = current_suggestion()
  if not current then
    return false
  end
  clear()
  insert(current, current.item.range, current.item.insertText)
  if current.item.command then
    current.client:exec_cmd(current.item.command, { bufnr = current.buffer })
  end
  return true
end

--- Insert the first part of the suggestion on screen; the rest is drawn when the server has been asked again, which
--- needs no model. `part` returns the beginning of a text that is wanted. Returns whether there was a suggestion.
local function accept_part(part)
  local current = current_suggestion()
  if not current then
    return false
  end
  local item, client = current.item, current.client
  local rest = table.concat(current.lines, '\n')
  local taken = part(rest)
  if taken == rest then
    return M.accept()
  end
  local position = vim.lsp.util.make_position_params(0, client.offset_encoding).position
  local before = #item.insertText:gsub('\r\n', '\n') - #rest
  local whole = item.insertText:sub(1, before) .. taken
  clear()
  insert(current, { start = position, ['end'] = position }, taken)
  local units = vim.str_utfindex(whole, 'utf-16')
  client:notify('mendline/didPartiallyAccept', { item = item, acceptedLength = units })
  return true
end

--- Insert the next word of the suggestion on screen, or the next run of other characters.
function M.accept_word()
  return accept_part(function(text)
    return text:match('^%s*[%w_\128-\255]+') or text:match('^%s*[^%s%w_\128-\255]+') or text
  end)
end

--- Insert the suggestion on screen to the end of its line.
function M.accept_line()
  return accept_part(function(text)
    return text:match('^\n*[^\n]*')
  end)
end

--- Take the suggestion off the screen. Returns whether there was one.
function M.dismiss()
  cancel()
  local had = shown ~= nil
  clear()
  return had
end

--- The text of the suggestion on screen, or nil.
function M.visible()
  return shown and table.concat(shown.lines, '\n') or nil
end

--- Tell the server where the user is, so that it can compute ahead. Several moves at once become one message.
local function tell_place()
  if telling then
    return
  end
  telling = true
  vim.schedule(function()
    telling = false
    local client = client_of(vim.api.nvim_get_current_buf())
    if not client or not client.initialized then
      return
    end
    local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
    params.range = {
      start = { line = vim.fn.line('w0') - 1, character = 0 },
      ['end'] = { line = vim.fn.line('w$') - 1, character = 0 },
    }
    client:notify('textDocument/didFocus', params)
  end)
end

--- A diagnostic as the protocol has it, whichever source it came from.
local function as_told(diagnostic, buffer, encoding)
  local function position(row, column)
    local line = vim.api.nvim_buf_get_lines(buffer, row, row + 1, false)[1] or ''
    return { line = row, character = vim.str_utfindex(line, encoding, math.min(column, #line)) }
  end
  local lsp = vim.tbl_get(diagnostic, 'user_data', 'lsp') or {}
  return {
    range = {
      start = position(diagnostic.lnum, diagnostic.col),
      ['end'] = position(diagnostic.end_lnum or diagnostic.lnum, diagnostic.end_col or diagnostic.col),
    },
    message = diagnostic.message,
    severity = diagnostic.severity,
    source = diagnostic.source,
    code = diagnostic.code or lsp.code,
    relatedInformation = lsp.relatedInformation,
  }
end

--- Neovim tells a server of its own diagnostics only when it asks for code actions. Mendline has fixes for all of
--- them, so requests for the lines of some get them all.
local function tell_all_diagnostics(client)
  local request = client.request
  client.request = function(self, asked, params, handler, buffer)
    if asked == 'textDocument/codeAction' then
      local number = buffer and buffer ~= 0 and buffer or vim.api.nvim_get_current_buf()
      local first, last = params.range.start.line, params.range['end'].line
      local told = {}
      for _, diagnostic in ipairs(vim.diagnostic.get(number)) do
        if diagnostic.lnum <= last and first <= (diagnostic.end_lnum or diagnostic.lnum) then
          told[#told + 1] = as_told(diagnostic, number, client.offset_encoding)
        end
      end
      local context = vim.tbl_extend('force', params.context or {}, { diagnostics = told })
      params = vim.tbl_extend('force', params, { context = context })
    end
    return request(self, asked, params, handler, buffer)
  end
end

local function map(key, action, fallback)
  if not key then
    return
  end
  vim.keymap.set('i', key, function()
    if not action() then
      local keys = vim.api.nvim_replace_termcodes(fallback or key, true, false, true)
      vim.api.nvim_feedkeys(keys, 'ni', false) -- before what was typed since
    end
  end, { desc = 'Mendline' })
end

function M.setup(options)
  local config = vim.tbl_deep_extend('force', defaults, options or {})
  vim.lsp.config('mendline', {
    cmd = config.cmd,
    filetypes = config.filetypes,
    root_markers = { '.git', '.mendline.toml' },
    init_options = { mendline = config.settings },
    settings = { mendline = config.settings },
    capabilities = { textDocument = { inlineCompletion = { dynamicRegistration = false } } },
    on_init = tell_all_diagnostics,
  })
  vim.lsp.enable('mendline')

  local group = vim.api.nvim_create_augroup('mendline', { clear = true })
  vim.api.nvim_create_autocmd({ 'TextChangedI', 'CursorMovedI' }, {
    group = group,
    callback = function(event)
      -- Both come for one keystroke; the second finds the suggestion or the request already made for this state.
      if shown and shown.tick == vim.api.nvim_buf_get_changedtick(event.buf) and event.event == 'TextChangedI' then
        return
      end
      clear()
      M.request(automatic)
    end,
  })
  -- While text is typed, the requests themselves tell the place.
  vim.api.nvim_create_autocmd({ 'LspAttach', 'BufEnter', 'WinEnter', 'WinScrolled', 'CursorMoved', 'InsertEnter' }, {
    group = group,
    callback = tell_place,
  })
  vim.api.nvim_create_autocmd({ 'InsertLeave', 'BufLeave' }, { group = group, callback = M.dismiss })
  -- The completion menu has the screen, and the keys.
  vim.api.nvim_create_autocmd({ 'CompleteChanged', 'TextChangedP' }, { group = group, callback = clear })

  map(config.accept, M.accept)
  map(config.accept_word, M.accept_word)
  map(config.accept_line, M.accept_line)
  map(config.dismiss, M.dismiss)
  map(config.invoke, function()
    M.request(invoked)
    return true
  end)
end

return M
