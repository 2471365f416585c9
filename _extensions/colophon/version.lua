-- Under Quarto, in the PDF: the digest of the tables that the report shows. All chapters have run by now; the pre-render hook
-- wrote down which Python can tell.
local project = quarto and quarto.project and quarto.project.directory
if not FORMAT:match("typst") or not project then return {} end

local function digest(meta)
  local file = meta.build and io.open(project .. "/_ledger/python.txt")
  if not file then return nil end
  local python = file:read("a")
  file:close()
  -- The folder goes in as input: under LC_ALL=C Pandoc drops from arguments every letter that is not ASCII.
  local read, found = pcall(pandoc.pipe, python, { "-m", "report.ledger.shown" }, project)
  if not read then error("no digest of the tables from " .. python .. ": " .. tostring(found), 0) end
  meta["tables-digest"] = found
  return meta
end

return { { Meta = digest } }
