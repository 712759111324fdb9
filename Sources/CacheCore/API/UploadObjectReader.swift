/// Reads one object of a create request.
struct UploadObjectReader: Sendable {
    private enum Field: Int {
        case key, type, refs, narSize
    }

    private var index = 0
    private var field: Field?
    /// A bit for each field that is there.
    private var seen: UInt8 = 0
    private var type: ObjectType?
    private var narSize: Int64?
    private var refCount = 0
    /// The failure of the first field that has one, in the order of the cases.
    private var failure: (field: Field, error: CacheError)?

    /// Begins to read the object of an index.
    mutating func begin(_ index: Int) {
        self = Self()
        self.index = index
    }

    /// Begins a field, whose value follows.
    mutating func beginField(_ name: Span<UInt8>) {
        if name.isEqual(to: "key") {
            field = .key
        } else if name.isEqual(to: "type") {
            field = .type
        } else if name.isEqual(to: "refs") {
            field = .refs
        } else if name.isEqual(to: "nar_size") {
            field = .narSize
        } else {
            field = nil
        }
        guard let name = field else { return }
        let bit: UInt8 = 1 << UInt8(name.rawValue)
        if seen & bit != 0 { field = nil }
        seen |= bit
    }

    /// Reads the value of the field.
    /// - Returns: whether the list of references was entered.
    mutating func take(_ kind: JSONKind, _ text: Span<UInt8>, into draft: inout CreateUploadDraft) -> Bool {
        switch field {
        case .key:
            guard kind == .string else { return refuse(.key, "key", kind, needs: "a string") }
            draft.set(key: text)
        case .type:
            guard kind == .string else { return refuse(.type, "type", kind, needs: "a string") }
            type = ObjectType(name: text)
            if type == nil { refuseType(text) }
        case .refs where kind != .null:
            guard kind == .array else { return refuse(.refs, "refs", kind, needs: "a list") }
            return true
        case .narSize where kind != .null:
            narSize = kind == .number ? Int64(json: text) : nil
            if narSize == nil { return refuse(.narSize, "nar_size", kind, needs: "a whole number") }
        case .refs, .narSize, nil: break
        }
        return false
    }

    /// Reads a value in the list of references.
    mutating func takeRef(_ kind: JSONKind, _ text: Span<UInt8>, into draft: inout CreateUploadDraft) {
        if kind == .string {
            draft.add(ref: text)
        } else {
            _ = refuse(.refs, "refs[\(refCount)]", kind, needs: "a string")
        }
        refCount += 1
    }

    /// Ends the object.
    /// - Returns: what is wrong with it.
    mutating func end(into draft: inout CreateUploadDraft) -> CacheError? {
        for (field, name) in [(Field.key, "key"), (.type, "type")] where seen & 1 << UInt8(field.rawValue) == 0 {
            add(CacheError(.invalidRequest, "The JSON field \(path(name)) is missing."), in: field)
        }
        guard failure == nil, let type else { return failure?.error }
        draft.endObject(type: type, narSize: narSize)
        return nil
    }

    private func path(_ name: String) -> String { "'objects[\(index)].\(name)'" }

    private mutating func refuse(_ field: Field, _ name: String, _ kind: JSONKind, needs: String) -> Bool {
        add(.wrongKind(kind, of: path(name), needs: needs), in: field)
        return false
    }

    private mutating func refuseType(_ text: Span<UInt8>) {
        let name = String(copying: text).prefix(64)
        let types = "narinfo, nar, listing, build_log, realisation"
        add(
            CacheError(
                .invalidRequest,
                "The JSON field \(path("type")) cannot be used: '\(name)' is none of \(types)."), in: .type)
    }

    private mutating func add(_ error: CacheError, in field: Field) {
        if let failure, failure.field.rawValue <= field.rawValue { return }
        failure = (field, error)
    }
}
