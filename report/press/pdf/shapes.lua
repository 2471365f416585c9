-- The constructs of a built chapter (report/press/book/model.py tells them) that Pandoc's Typst writer knows nothing of.
-- Each becomes raw Typst around its children: Typst's own functions, or those of _extensions/colophon/blocks.typ.

local names = { fig = "Figure", tbl = "Table" }
local pixels_per_inch = 96

local function str(text)
  local escaped = text:gsub("[\\\"]", "\\%0"):gsub("\n", "\\n")
  return '"' .. escaped .. '"'
end

local function label(identifier) return "#label(" .. str(identifier) .. ")" end

-- Raw Typst and lists of blocks, in turn.
local function blocks(...)
  local result = pandoc.Blocks({})
  for _, part in ipairs({ ... }) do
    if type(part) == "string" then
      result:insert(pandoc.RawBlock("typst", part))
    else
      result:extend(part)
    end
  end
  return result
end

-- The first child apart from the others, or the last.
local function split(content, place)
  local rest = pandoc.Blocks(content)
  local taken = rest:remove(place)
  return taken, rest
end

-- A part of a figure or table: a letter instead of a number.
local function part(div, body, caption)
  return blocks(
    "#figure([", body, "], caption: figure.caption(position: " .. (div.classes:includes("tbl") and "top" or "bottom")
      .. ", [#strong[" .. div.attributes.number .. "] ", caption.content,
    "]), kind: image, numbering: none, outlined: false)" .. label(div.identifier)
  )
end

local function layout(div)
  local result = blocks(
    "#[#show figure: set block(above: 0.5em, below: 0.5em)\n#grid(columns: (1fr,) * " .. div.attributes.columns
      .. ", column-gutter: 1.2em, row-gutter: 1em,"
  )
  for _, cell in ipairs(div.content) do result:extend(blocks("[", cell.content, "],")) end
  result:insert(pandoc.RawBlock("typst", ")]"))
  return result
end

local function float(div)
  local caption, body = split(div.content, #div.content)
  if div.classes:includes("part") then return part(div, body, caption) end
  local kind = div.classes:includes("tbl") and "tbl" or "fig"
  local separator = #caption.content == 0 and 'separator: "", ' or ""
  local options = { 'kind: "quarto-float-' .. kind .. '"', "supplement: " .. str(names[kind]) }
  options[#options + 1] = "numbering: _ => " .. str(div.attributes.number)
  return blocks(
    "#figure([", body, "], caption: figure.caption(" .. separator .. "position: "
      .. (kind == "tbl" and "top" or "bottom") .. ", [", caption.content,
    "]), " .. table.concat(options, ", ") .. ")" .. label(div.identifier)
  )
end

local function callout(div)
  local title, body = split(div.content, 1)
  local kind = "note"
  for _, class in ipairs(div.classes) do kind = class:match("^callout%-(.+)") or kind end
  return blocks("#callout(kind: " .. str(kind) .. ", title: [", title.content, "], body: [", body, "])")
end

local function division(div)
  if div.classes:includes("float") then return float(div) end
  if div.classes:includes("layout") then return layout(div) end
  if div.classes:includes("callout") then return callout(div) end
  if div.classes:includes("chapter-anchor") then return blocks("#metadata(none)" .. label(div.identifier)) end
end

local function equation(span)
  if not span.classes:includes("equation") then return nil end
  local source = pandoc.utils.stringify(span):gsub("%s+", " ")
  local options = "block: true, alt: " .. str(source) .. ", numbering: _ => " .. str("(" .. span.attributes.number .. ")")
  local result = pandoc.Inlines({ pandoc.RawInline("typst", "#math.equation(" .. options .. ", [") })
  result:extend(span.content)
  result:insert(pandoc.RawInline("typst", "])" .. label(span.identifier)))
  return result
end

-- Only what the book numbers has a number: nothing in an unnumbered chapter.
local function header(el)
  if el.level > 1 and not el.attributes.number and not el.classes:includes("unnumbered") then
    el.classes:insert("unnumbered")
    return el
  end
end

-- A captioned image without a label has no number, as in the HTML.
local function figure(el)
  return blocks(
    "#figure([", el.content, "], caption: [", el.caption.long, "], kind: image, numbering: none, outlined: false)"
  )
end

-- `50%` and `3in` stay; pixels, with or without `px`, become inches.
local function length(written)
  local number, unit = written:match("^([%d.]+)(%a*%%?)$")
  if number and (unit == "" or unit == "px") then return string.format("%.4fin", tonumber(number) / pixels_per_inch) end
  return written
end

local function image(el)
  local path = el.src:gsub("%%(%x%x)", function(code) return string.char(tonumber(code, 16)) end)
  local arguments = { str(path) }
  local alternative = pandoc.utils.stringify(el.caption)
  if alternative ~= "" then arguments[#arguments + 1] = "alt: " .. str(alternative) end
  for _, side in ipairs({ "width", "height" }) do
    local written = el.attributes[side]
    if written then arguments[#arguments + 1] = side .. ": " .. length(written) end
  end
  local drawn = "image(" .. table.concat(arguments, ", ") .. ")"
  for _, class in ipairs(el.classes) do
    local place = class:match("^align%-(%a+)$")
    if place then return pandoc.RawInline("typst", "#align(" .. place .. ", " .. drawn .. ")") end
  end
  return pandoc.RawInline("typst", "#box(" .. drawn .. ")")
end

return { { Div = division, Span = equation, Header = header, Figure = figure, Image = image } }
