-- For wrk: each request puts the next line of a file, which is a token and a path. There must be
-- enough lines: nothing is put twice.
local requests, sent = {}, 0

function init(args)
  for line in io.lines(args[1]) do
    local token, path = line:match("(%S+) (%S+)")
    local headers = { Authorization = "Bearer " .. token, ["Content-Length"] = "0" }
    requests[#requests + 1] = wrk.format("PUT", path, headers)
  end
end

function request()
  sent = sent + 1
  return requests[sent]
end
