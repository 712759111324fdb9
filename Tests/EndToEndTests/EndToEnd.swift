import Testing

/// Everything with real programs in it: one at a time, so that none waits for the processors of another.
@Suite(.serialized)
enum EndToEnd {}
