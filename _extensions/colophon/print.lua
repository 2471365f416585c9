-- For paper, in both engines: what Pandoc's Typst writer would drop (the kind of a fact, provenance, tabs), and tables
-- that stay inside the page. The functions called here are in blocks.typ.
if not FORMAT:match("typst") then return {} end

local kinds = { "measured", "computed", "reported" }

local function kind_of(span)
  if not span.classes:includes("fact") then return nil end
  for _, kind in ipairs(kinds) do
    if span.classes:includes(kind) then return kind end
  end
end

local function call(name, inlines)
  local result = pandoc.Inlines({ pandoc.RawInline("typst", "#" .. name .. "[") })
  result:extend(inlines)
  result:insert(pandoc.RawInline("typst", "]"))
  return result
end

local function mark(span)
  local name = span.classes:includes("provenance") and "provenance" or kind_of(span)
  if name then return call(name, span.content) end
end

local function content(open, blocks, close)
  local result = pandoc.Blocks({ pandoc.RawBlock("typst", open) })
  result:extend(blocks)
  result:insert(pandoc.RawBlock("typst", close))
  return result
end

local function shape(div)
  if div.classes:includes("tab-title") then return content("#tab-title[", div.content, "]") end
  if div.classes:includes("tab") then return content("#tab[", div.content, "]") end
end

-- ---- Tables ----

-- Points, for the page of pages.typ and the table type of blocks.typ; a character is an average one of Libertinus.
local text_width, inset, character = 448, 9.3, 4.5
local sizes = { 1, 0.92, 0.84, 0.76, 0.68 }

local function room(columns, size) return (text_width - inset * size * columns) / (character * size) end

local function sum(numbers)
  local total = 0
  for _, number in ipairs(numbers) do total = total + number end
  return total
end

local function each_cell(tbl, visit)
  local function rows(list)
    for _, row in ipairs(list) do
      local column = 1
      for _, cell in ipairs(row.cells) do
        visit(cell, column)
        column = column + cell.col_span
      end
    end
  end
  rows(tbl.head.rows)
  for _, body in ipairs(tbl.bodies) do
    rows(body.head)
    rows(body.body)
  end
  rows(tbl.foot.rows)
end

-- Per column: characters of its longest cell, and of its longest word (which no line break can shorten).
local function measures(tbl)
  local cells, words = {}, {}
  for column = 1, #tbl.colspecs do cells[column], words[column] = 1, 1 end
  each_cell(tbl, function(cell, column)
    if cell.col_span > 1 then return end
    local text = pandoc.utils.stringify(cell.contents)
    cells[column] = math.max(cells[column], utf8.len(text) or #text)
    for word in text:gmatch("%S+") do words[column] = math.max(words[column], utf8.len(word) or #word) end
  end)
  return cells, words
end

-- Let words longer than `limit` characters break anywhere.
local function soften(tbl, limit)
  local function split(el)
    if (utf8.len(el.text) or #el.text) <= limit then return nil end
    local pieces = {}
    for _, code in utf8.codes(el.text) do pieces[#pieces + 1] = utf8.char(code) end
    el.text = table.concat(pieces, "\u{200B}")
    return el
  end
  return tbl:walk({ Str = split, Code = split })
end

local function fit(tbl)
  local count = #tbl.colspecs
  local cells, words = measures(tbl)
  local smallest = sizes[#sizes]
  if sum(words) > room(count, smallest) then
    local limit = math.max(3, math.floor(room(count, smallest) / count))
    tbl = soften(tbl, limit)
    for column = 1, count do words[column] = math.min(words[column], limit) end
  end
  local size, whole = smallest, false
  for _, try in ipairs(sizes) do
    -- Down to the third size, type is made smaller so that no cell wraps; below it, only so that words fit.
    whole = sum(cells) <= room(count, try) and try >= sizes[3]
    if whole or sum(words) <= 0.8 * room(count, try) then
      size = try
      break
    end
  end
  for column = 1, count do
    local spec = tbl.colspecs[column]
    local width = nil
    if not whole then
      local spare = math.max(0, room(count, size) - sum(words))
      local wanted = math.max(1, sum(cells) - sum(words))
      local characters = words[column] + spare * (cells[column] - words[column]) / wanted
      width = (characters * character + inset) * size / text_width
    end
    tbl.colspecs[column] = { spec[1], width }
  end
  if size < 1 then tbl.attributes["typst:text:size"] = size .. "em" end
  if not tbl.classes:includes("typst:no-figure") then tbl.classes:insert("typst:no-figure") end
  return tbl
end

-- In a table of one kind the line of provenance says which; marks in every cell would only be noise.
local function unmark_if_uniform(tbl)
  local seen = {}
  tbl:walk({ Span = function(span) seen[kind_of(span) or ""] = true end })
  seen[""] = nil
  if next(seen) and next(seen, next(seen)) then return tbl end
  return tbl:walk({ Span = function(span) if kind_of(span) then return span.content end end })
end

local function tables(tbl) return unmark_if_uniform(fit(tbl)) end

return { { Table = tables }, { Span = mark, Div = shape } }
