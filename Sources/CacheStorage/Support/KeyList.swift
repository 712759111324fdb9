/// Lists of object keys, which hold no spaces, as one text.
enum KeyList {
    static func text(_ keys: [String]) -> String { keys.joined(separator: " ") }

    static func keys(in text: String) -> [String] { text.split(separator: " ").map(String.init) }
}
