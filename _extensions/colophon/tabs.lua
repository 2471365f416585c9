-- Under Quarto, before it reads a tabset its own way: the shape that print.lua sets on paper and the press uses too,
-- `Div.tabset` of `Div.tab`, each with a first child `Div.tab-title`.
if not FORMAT:match("typst") then return {} end

local function tabset(div)
  if not div.classes:includes("panel-tabset") then return nil end
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

return { { Div = tabset } }
