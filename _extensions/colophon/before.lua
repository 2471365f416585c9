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

-- In a labelled figure or table, captioned images without a label are parts, which Quarto letters.
local function parts(div)
  if not div.identifier:match("^fig%-") and not div.identifier:match("^tbl%-") then return nil end
  return div:walk({
    Figure = function(el)
      el.classes:insert("part-of-float")
      return el
    end,
  })
end

-- Any other captioned image without a label has no number, as in the HTML. It stays one block, `Div.captioned`, which is
-- one cell where it stands in a layout; print.lua takes the wrapper away.
local function figure(el)
  if el.classes:includes("part-of-float") then
    el.classes = el.classes:filter(function(name) return name ~= "part-of-float" end)
    return el
  end
  if el.identifier ~= "" then return nil end
  local result = pandoc.Blocks({ pandoc.RawBlock("typst", "#figure([") })
  result:extend(el.content)
  result:insert(pandoc.RawBlock("typst", "], caption: ["))
  result:extend(el.caption.long)
  result:insert(pandoc.RawBlock("typst", "], kind: image, numbering: none, outlined: false)"))
  return pandoc.Div(result, pandoc.Attr("", { "captioned" }))
end

return { { Div = narrow, Image = narrow, CodeBlock = narrow }, { Div = parts }, { Div = division, Figure = figure } }
