/// Puts together a ``JSONValue`` of what a scanner tells.
struct JSONValueBuilder: JSONSink, Sendable {
    private enum Container: Sendable {
        case object([String: JSONValue], name: String)
        case array([JSONValue])
    }

    /// The value, once it is whole.
    private(set) var result: JSONValue?
    /// The first name that an object has twice.
    private(set) var repeatedName: String?
    private var open: [Container] = []

    mutating func key(_ name: Span<UInt8>) {
        guard case .object(let members, _) = open.popLast() else { return }
        let name = String(copying: name)
        if members[name] != nil, repeatedName == nil { repeatedName = name }
        open.append(.object(members, name: name))
    }

    mutating func value(_ kind: JSONKind, _ text: Span<UInt8>) {
        switch kind {
        case .object: open.append(.object([:], name: ""))
        case .array: open.append(.array([]))
        case .string: add(.string(String(copying: text)))
        case .number: add(.number(String(copying: text)))
        case .true: add(.bool(true))
        case .false: add(.bool(false))
        case .null: add(.null)
        }
    }

    mutating func end() {
        switch open.popLast() {
        case .object(let members, _): add(.object(members))
        case .array(let elements): add(.array(elements))
        case nil: break
        }
    }

    private mutating func add(_ value: JSONValue) {
        // Taken out and put back, so that what is there is not copied for each element.
        switch open.popLast() {
        case .object(var members, let name):
            members[name] = value
            open.append(.object(members, name: name))
        case .array(var elements):
            elements.append(value)
            open.append(.array(elements))
        case nil:
            result = value
        }
    }
}
