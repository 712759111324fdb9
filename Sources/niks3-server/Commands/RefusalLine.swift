/// A narinfo that was not taken, or left as it is.
struct RefusalLine: Encodable {
    var refused: String
    var reason: String
}
