"""Wrong tries over all processes, as `domain/delay.py` has it: one key, one round trip.

The key holds how many were counted and when there may be another, in microseconds of the server's
clock; it goes by itself when nothing of it is to be remembered.
"""

from skillbridge.adapters.redis.shared import SharedConnection
from skillbridge.application.ports.rate_limit import Struck
from skillbridge.domain.delay import Delay, Strikes

_HELD = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local held = redis.call('HMGET', KEYS[1], 'count', 'due')
local count, due = tonumber(held[1] or 0), tonumber(held[2] or 0)
local free, first, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local function after(tries)
  if tries < free then return 0 end
  return math.min(first * 2 ^ (tries - free), most)
end
local function keep(tries, at)
  redis.call('HSET', KEYS[1], 'count', tries, 'due', string.format('%.0f', at))
  redis.call('PEXPIRE', KEYS[1], math.ceil((math.max(at - now, 0) + ARGV[4]) / 1000))
end
"""
STRIKE = f"""{_HELD}
if due > now then return {{0, due - now}} end
keep(count + 1, now + after(count + 1))
return {{count + 1, now + after(count + 1), due}}
"""
FORGIVE = f"""{_HELD}
if count <= 1 then redis.call('DEL', KEYS[1]) return 0 end
if count == tonumber(ARGV[5]) and due == tonumber(ARGV[6]) then
  keep(count - 1, tonumber(ARGV[7]))
else
  keep(count - 1, due - after(count) + after(count - 1))
end
return 1
"""


async def strike(redis: SharedConnection, name: str, delay: Delay) -> Struck | int:
    """One more, or the microseconds to wait for it."""
    count, due, *before = await redis.ask("EVAL", STRIKE, 1, _key(name), *_numbers(delay))
    return Struck(Strikes(count, due), before[0]) if count else int(due)


async def forgive(redis: SharedConnection, name: str, delay: Delay, struck: Struck) -> None:
    (count, due), before = struck
    await redis.ask("EVAL", FORGIVE, 1, _key(name), *_numbers(delay), count, due, before)


async def forget(redis: SharedConnection, name: str) -> None:
    await redis.ask("DEL", _key(name))


def _key(name: str) -> str:
    return f"strikes:{name}"


def _numbers(delay: Delay) -> tuple[int, int, int, int]:
    return delay.free, delay.first, delay.most, delay.kept
