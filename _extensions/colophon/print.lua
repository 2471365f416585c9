-- For paper, in both engines: what Pandoc's Typst writer would drop (marks of facts, provenance, badges, tabs), and tables
-- that stay inside the page. The functions called here are in blocks.typ.
if not FORMAT:match("typst") then return {} end

local marked = { "provenance", "kind-mark", "missing", "badge" }

local function content(open, blocks, close)
  local result = pandoc.Blocks({ pandoc.RawBlock("typst", open) })
  result:extend(blocks)
  result:insert(pandoc.RawBlock("typst", close))
  return result
end

local function quoted(text) return '"' .. text:gsub('[\\"]', "\\%0") .. '"' end

-- The tables that a value comes from stand in its tooltip: "measured · study/table · how it was worked out".
local function uses(span)
  local names, text = {}, (span.attributes.title or "") .. " · "
  for part in text:gmatch("(.-) · ") do
    if part:match("^[%w.-]+/[%w.-]+$") then names[#names + 1] = quoted(part) end
  end
  return #names > 0 and pandoc.RawInline("typst", "#uses(" .. table.concat(names, ", ") .. ")") or nil
end

-- A record about tables, such as their number, uses none of them.
local function used(span)
  if not span.classes:includes("fact") and not span.classes:includes("more") then return nil end
  if span.classes:includes("record") then return nil end
  local note = uses(span)
  if note then span.content:insert(note) end
  return span
end

-- What the lists over all chapters gather: claims, and findings that are silenced, with what is said of them.
local function gathered(el)
  local raw = el.t == "Span" and pandoc.RawInline or pandoc.RawBlock
  if el.classes:includes("claim") and el.attributes["data-claim"] then
    local verdict = el.classes:find_if(function(name) return name ~= "claim" end) or ""
    el.content:insert(1, raw("typst", "#told(" .. quoted(el.attributes["data-claim"]) .. ", " .. quoted(verdict) .. ")"))
    return el
  elseif el.classes:includes("unchecked") then
    el.content:insert(raw("typst", "#silenced(" .. quoted(el.attributes.reason or "") .. ")"))
    return el
  end
end

local lists = { ["gathered-claims"] = true, ["gathered-silenced"] = true, ["gathered-tables"] = true }

local function list(div)
  for _, name in ipairs(div.classes) do
    if lists[name] then return pandoc.RawBlock("typst", "#" .. name) end
  end
end

local function mark(span)
  for _, name in ipairs(marked) do
    if span.classes:includes(name) then
      local result = pandoc.Inlines({ pandoc.RawInline("typst", "#" .. name .. "[") })
      result:extend(span.content)
      result:insert(pandoc.RawInline("typst", "]"))
      return result
    end
  end
end

local function shape(div)
  -- What a cell shows stands in the text like any other block, whichever of these wrappers an engine leaves around it.
  local of_cell = div.classes:includes("cell") or div.classes:includes("cell-output")
  if of_cell and div.identifier == "" then return div.content end
  if div.classes:includes("compact") then return content("#compact[", div.content, "]") end
  if div.classes:includes("tab-title") then return content("#tab-title[", div.content, "]") end
  if div.classes:includes("tab") then return content("#tab[", div.content, "]") end
end

-- A paragraph that is bold throughout introduces the next one, and stays on its page.
local function introduction(para)
  if #para.content ~= 1 or para.content[1].t ~= "Strong" then return nil end
  return content("#introduction[", { pandoc.Plain(para.content) }, "]")
end

-- A formula is read aloud as its TeX source.
local function formula(math)
  local source = math.text:gsub("[\\\"]", "\\%0"):gsub("%s+", " ")
  return { pandoc.RawInline("typst", '#spoken("' .. source .. '")['), math, pandoc.RawInline("typst", "]") }
end

-- ---- Tables ----

-- In points, for the page of pages.typ and the table type of blocks.typ; a character is an average one of Libertinus.
local text_width, character = 459, 4.1
-- From plain to crowded: the size of type in em, and what the two sides of a cell take.
local steps = {
  { size = 1, inset = 9.3 },
  { size = 0.92, inset = 8.6 },
  { size = 0.84, inset = 7.8 },
  { size = 0.76, inset = 7 },
  { size = 0.68, inset = 4 },
  { size = 0.6, inset = 3 },
}
local smallest_unwrapped, smallest = 3, #steps

local function room(columns, step) return (text_width - step.inset * columns) / (character * step.size) end

local function sum(numbers)
  local total = 0
  for _, number in ipairs(numbers) do total = total + number end
  return total
end

local function each_cell(tbl, visit)
  local function rows(list, in_head)
    for _, row in ipairs(list) do
      local column = 1
      for _, cell in ipairs(row.cells) do
        visit(cell, column, in_head)
        column = column + cell.col_span
      end
    end
  end
  rows(tbl.head.rows, true)
  for _, body in ipairs(tbl.bodies) do
    rows(body.head)
    rows(body.body)
  end
  rows(tbl.foot.rows)
end

local bold = 1.12 -- the head, beside plain type

-- The text of a cell. A reference counts as a number of three signs, since Quarto leaves it for Typst to look up.
local function text_of(cell)
  local contents = cell.contents:walk({
    Link = function(el)
      if el.classes:includes("cross-reference") then
        return pandoc.Str((pandoc.utils.stringify(el.content):gsub("%u?[%d.]+$", "0.0")))
      end
    end,
    RawInline = function(el)
      if el.text == "])" then return pandoc.Str("\u{A0}0.0") end
    end,
  })
  return pandoc.utils.stringify(contents)
end

-- Per column: characters of its longest cell, and of its longest word (which no line break can shorten).
local function measures(tbl)
  local cells, words = {}, {}
  for column = 1, #tbl.colspecs do cells[column], words[column] = 1, 1 end
  each_cell(tbl, function(cell, column, in_head)
    if cell.col_span > 1 then return end
    local text = text_of(cell)
    local wide = in_head and bold or 1
    cell.contents:walk({ Code = function() wide = 1.15 end })
    cells[column] = math.max(cells[column], wide * (utf8.len(text) or #text))
    for word in text:gmatch("%S+") do words[column] = math.max(words[column], wide * (utf8.len(word) or #word)) end
  end)
  return cells, words
end

-- Let words longer than `limit` characters break anywhere.
local function softened(text, limit)
  return (text:gsub("%S+", function(word)
    if (utf8.len(word) or #word) <= limit then return nil end
    local pieces = {}
    for _, code in utf8.codes(word) do pieces[#pieces + 1] = utf8.char(code) end
    return table.concat(pieces, "\u{200B}")
  end))
end

local function soften(element, limit)
  local function split(el)
    el.text = softened(el.text, limit)
    return el
  end
  return element:walk({ Str = split, Code = split })
end

-- The largest step at which no cell wraps, if type stays legible at it; else the largest at which all words fit.
local function choose(cells, words)
  for number = 1, smallest_unwrapped do
    if sum(cells) <= room(#cells, steps[number]) then return steps[number], true end
  end
  for number = 1, smallest - 1 do
    -- Nearly full, long cells would become narrow towers.
    if sum(words) <= 0.85 * room(#cells, steps[number]) then return steps[number], false end
  end
  return steps[smallest], false
end

-- Per column the characters it gets: its longest word, and of the spare ones a share by the root of what its longest
-- cell has beyond that, so that beside a column of sentences one of phrases does not become a tower. What a column
-- cannot use goes to the others.
local function shared(cells, words, spare)
  local given, wishes = {}, {}
  for column = 1, #cells do
    given[column], wishes[column] = words[column], math.sqrt(math.max(0, cells[column] - words[column]))
  end
  while spare > 0.5 and sum(wishes) > 0 do
    local wanted, left = sum(wishes), 0
    for column = 1, #cells do
      local part = spare * wishes[column] / wanted
      local used = math.min(part, math.max(0, cells[column] - given[column]))
      given[column], left = given[column] + used, left + part - used
      if given[column] >= cells[column] - 1e-9 then wishes[column] = 0 end
    end
    spare = left
  end
  return given
end

-- Whether lines may be as long as they like (`columns` in _quarto.yml), so that Pandoc makes no widths of its own; under Quarto
-- before.lua has taken them away.
local long_lines = quarto or (PANDOC_WRITER_OPTIONS.columns or 0) >= 100000

-- A table without a label has no number; the caption that it may have stands above it, as in the HTML.
local function captioned(tbl)
  local caption = tbl.caption.long
  if #caption == 0 then return tbl end
  tbl.caption = { long = pandoc.Blocks({}) }
  local result = content("#figure([", { tbl }, "], caption: figure.caption(position: top, [")
  result:extend(caption)
  result:insert(
    pandoc.RawBlock("typst", ']), kind: "quarto-float-tbl", supplement: [], numbering: none, outlined: false)')
  )
  return result
end

local function fit(tbl)
  local count = #tbl.colspecs
  local given = false -- widths that the author asked for, not those that Pandoc makes of long lines
  for column = 1, count do given = given or long_lines and type(tbl.colspecs[column][2]) == "number" end
  local cells, words = measures(tbl)
  local crowded = room(count, steps[smallest])
  if sum(words) > crowded then
    local limit = math.max(3, math.floor(0.85 * crowded / count)) -- the head is bold, and so wider
    tbl = soften(tbl, limit)
    for column = 1, count do words[column] = math.min(words[column], limit) end
  end
  local step, whole = choose(cells, words)
  local characters = shared(cells, words, math.max(0, room(count, step) - sum(words)))
  for column = 1, given and 0 or count do
    local width = nil
    if not whole then width = (characters[column] * character * step.size + step.inset) / text_width end
    tbl.colspecs[column] = { tbl.colspecs[column][1], width }
  end
  if step.size < 1 then
    tbl.attributes["typst:text:size"] = step.size .. "em"
    tbl.attributes["typst:inset"] = string.format("(x: %.1fpt, y: 0.42em)", step.inset / 2)
  end
  if not tbl.classes:includes("typst:no-figure") then tbl.classes:insert("typst:no-figure") end
  return captioned(tbl)
end

-- ---- Words ----

-- Digests, paths and lines of code may be wider than the page.
local function long_word(el)
  if #el.text <= 70 then return nil end
  el.text = softened(el.text, 70)
  return el
end

-- Typst would make dashes, a soft hyphen and an ellipsis of these, and a prime of an apostrophe after a digit ("S4's"); in
-- text that Pandoc has read they are meant as they stand.
local reshaped = { "%-%-+%??", "%-%?", "%.%.%.+", "’" }

local function next_reshaped(text, from)
  local first, last
  for _, pattern in ipairs(reshaped) do
    local begins, ends = text:find(pattern, from)
    if begins and (not first or begins < first) then first, last = begins, ends end
  end
  return first, last
end

local function literal(text)
  local result, from = pandoc.Inlines({}), 1
  while true do
    local first, last = next_reshaped(text, from)
    if not first then break end
    if first > from then result:insert(pandoc.Str(text:sub(from, first - 1))) end
    result:insert(pandoc.RawInline("typst", (text:sub(first, last):gsub("%p", "\\%0"))))
    from = last + 1
  end
  if from <= #text then result:insert(pandoc.Str(text:sub(from))) end
  return result
end

-- Alone, these open a heading or a list wherever content begins, as in a cell; Pandoc escapes them in paragraphs only.
local function word(el)
  if el.text:match("^=+$") or el.text:match("^[-+/]$") or el.text:match("^%d+%.$") then
    return pandoc.RawInline("typst", (el.text:gsub("%p", "\\%0")))
  end
  if next_reshaped(el.text, 1) then return literal(el.text) end
  return long_word(el)
end

-- Under Quarto, the facts that stand in the PDF are written down for the post-render hook, which looks for them in it.
local function list_facts(doc)
  local project = quarto and quarto.project and quarto.project.directory
  if not project then return nil end
  local ids = {}
  doc:walk({ Span = function(span) ids[#ids + 1] = span.attributes["data-fact"] end })
  local file = io.open(project .. "/_ledger/printed.txt", "w")
  if file then
    file:write(table.concat(ids, "\n"))
    file:close()
  end
end

return {
  { Pandoc = list_facts },
  { Div = list },
  { Table = fit },
  { Span = gathered, Div = gathered },
  { Span = used },
  { Span = mark, Div = shape, Para = introduction, Math = formula, Str = word, Code = long_word, CodeBlock = long_word },
}
