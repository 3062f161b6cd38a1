-- Sends the requests of a file one after the other and says at the end, as one line of JSON, how it
-- went. The file holds whole requests, each ended by a line "---"; their order is already random.
local requests, at = {}, 0

function init(arguments)
	local file = assert(io.open(arguments[1], "rb"))
	local text = file:read("*a")
	file:close()
	for one in text:gmatch("(.-)\n%-%-%-\n") do
		requests[#requests + 1] = one
	end
end

function request()
	at = at % #requests + 1
	return requests[at]
end

function done(summary, latency)
	local e = summary.errors
	io.write(string.format(
		'\nRESULT {"requests":%d,"us":%d,"bad":%d,"lost":%d,"p50":%d,"p99":%d,"worst":%d}\n',
		summary.requests, summary.duration, e.status,
		e.connect + e.read + e.write + e.timeout, latency:percentile(50),
		latency:percentile(99), latency.max))
end
