"""Redis or Valkey: copies, counters and wake-ups; nothing here is the only copy of anything."""
