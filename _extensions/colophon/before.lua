-- Under Quarto, before it reads callouts, tabsets and pictures its own way: the shapes that the press makes too.
-- A tabset is `Div.tabset` of `Div.tab`, each with a first child `Div.tab-title`; a callout is a call of blocks.typ's.
if not FORMAT:match("typst") then return {} end

local function tabset(div)
  local tabs, level = pandoc.Blocks({}), nil
  for _, block in ipairs(div.content) do
    if block.t == "Header" and (level == nil or block.level == level) then
      level = block.level
      local title = pandoc.Div(pandoc.Plain(block.content), pandoc.Attr("", { "tab-title" }))
      tabs:insert(pandoc.Div({ title }, pandoc.Attr("", { "tab" })))
    elseif #tabs > 0 then
      tabs[#tabs].content:insert(block)
    end
  end
  return pandoc.Div(tabs, pandoc.Attr(div.identifier, { "tabset" }))
end

local function callout(kind, div)
  local body = div.content
  local title = { pandoc.Str(kind:sub(1, 1):upper() .. kind:sub(2)) }
  if div.attributes.title then
    title = pandoc.utils.blocks_to_inlines(pandoc.read(div.attributes.title, "markdown").blocks)
  elseif body[1] and body[1].t == "Header" then
    title = body:remove(1).content
  end
  local result = pandoc.Blocks({ pandoc.RawBlock("typst", '#callout(kind: "' .. kind .. '", title: ['), pandoc.Plain(title) })
  result:insert(pandoc.RawBlock("typst", "], body: ["))
  result:extend(body)
  result:insert(pandoc.RawBlock("typst", "])"))
  return result
end

local function division(div)
  if div.classes:includes("panel-tabset") then return tabset(div) end
  for _, class in ipairs(div.classes) do
    local kind = class:match("^callout%-(%a+)$")
    if kind and div.identifier == "" then return callout(kind, div) end
    -- One with a label is numbered, which is Quarto's affair.
    if kind then return { pandoc.RawBlock("typst", '#labelled-kind.update("' .. kind .. '")'), div } end
  end
end

-- On paper everything is as wide as the text: Quarto would ask for functions that only its own page has.
local function narrow(el)
  el.classes = el.classes:filter(function(name)
    local column = name:match("^column%-(%a+)")
    return column ~= "page" and column ~= "body" and column ~= "screen"
  end)
  return el
end

local function is_layout(div)
  for name in pairs(div.attributes) do
    if name:match("^layout") then return true end
  end
end

-- In a labelled figure or table, captioned images without a label are parts, which Quarto letters. In a layout, it makes a
-- cell of each block.
local function parts(div)
  local float = div.identifier:match("^fig%-") or div.identifier:match("^tbl%-")
  local part = float and "part-of-float" or is_layout(div) and "part-of-layout"
  if not part then return nil end
  return div:walk({
    Figure = function(el)
      el.classes:insert(part)
      return el
    end,
  })
end

-- Any other captioned image without a label has no number, as in the HTML.
local function figure(el)
  local of_float, of_layout = el.classes:includes("part-of-float"), el.classes:includes("part-of-layout")
  el.classes = el.classes:filter(function(name) return not name:match("^part%-of%-") end)
  if of_float or el.identifier ~= "" then return el end
  local result = pandoc.Blocks({ pandoc.RawBlock("typst", "#figure([") })
  result:extend(el.content)
  result:insert(pandoc.RawBlock("typst", "], caption: ["))
  result:extend(el.caption.long)
  result:insert(pandoc.RawBlock("typst", "], kind: image, numbering: none, outlined: false)"))
  return of_layout and pandoc.Div(result) or result
end

-- A PDF for screen readers has words for every picture: without any, its caption, or the name of its file.
local function named(el)
  if not el.attributes["fig-alt"] and not el.attributes.alt then
    local caption = pandoc.utils.stringify(el.caption)
    el.attributes["fig-alt"] = caption ~= "" and caption or el.src:match("([^/]+)%.%w+$") or el.src
  end
  return narrow(el)
end

-- Pandoc makes widths of its own where lines are long: Quarto takes `columns` of _quarto.yml for the template's. Those that
-- an author asks for with `tbl-colwidths` come later.
local function unmeasured(tbl)
  for column, spec in ipairs(tbl.colspecs) do tbl.colspecs[column] = { spec[1], nil } end
  return tbl
end

return { { Table = unmeasured, Div = narrow, Image = named, CodeBlock = narrow }, { Div = parts }, { Div = division, Figure = figure } }
