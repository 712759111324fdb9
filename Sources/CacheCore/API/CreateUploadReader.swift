/// Makes a draft of what a ``JSONScanner`` finds in a create request.
///
/// Of a field that is there twice the first one counts, null is as good as absent, and unknown fields do not matter.
struct CreateUploadReader: JSONSink, Sendable {
    private var draft: CreateUploadDraft
    private var failures = CreateUploadFailures()

    private var place = Place.document
    /// How many containers are open that do not matter.
    private var skipped = 0
    private var field: CreateUploadField?
    private var fields: Set<CreateUploadField> = []
    /// How many values the innermost list has.
    private var index = 0
    private var object = UploadObjectReader()
    private var objectCount = 0

    /// The innermost open container.
    private enum Place {
        case document, request, roots, external, objects, object, refs
    }

    init(_ kind: CreateUploadDraft.Kind) {
        draft = CreateUploadDraft(kind)
    }

    /// What was read.
    /// - Throws: ``CacheError`` of code `invalidRequest`.
    mutating func takeDraft() throws(CacheError) -> CreateUploadDraft {
        if let failure = failures.first { throw failure }
        var taken = CreateUploadDraft(draft.kind)
        swap(&taken, &draft)
        return taken
    }

    mutating func key(_ name: Span<UInt8>) {
        guard skipped == 0 else { return }
        switch place {
        case .request:
            field = CreateUploadField(name)
            if let name = field, !fields.insert(name).inserted { field = nil }
        case .object: object.beginField(name)
        case .document, .roots, .external, .objects, .refs: break
        }
    }

    mutating func value(_ kind: JSONKind, _ text: Span<UInt8>) {
        let isTaken = skipped == 0 && take(kind, text)
        if kind.isContainer, !isTaken { skipped += 1 }
    }

    mutating func end() {
        guard skipped == 0 else {
            skipped -= 1
            return
        }
        switch place {
        case .refs: place = .object
        case .object: endObject()
        case .roots, .external, .objects: place = .request
        case .document, .request: place = .document
        }
    }

    /// - Returns: whether a container was entered.
    private mutating func take(_ kind: JSONKind, _ text: Span<UInt8>) -> Bool {
        switch place {
        case .document:
            guard kind == .object else { return refuse(.document, "at the top", kind, needs: "an object") }
            return enter(.request)
        case .request: return takeField(kind, text)
        case .roots:
            defer { index += 1 }
            guard kind == .string else { return refuse(.roots, "'roots[\(index)]'", kind, needs: "a string") }
            if draft.kind == .push { draft.add(root: String(copying: text)) }
        case .external:
            defer { index += 1 }
            guard kind == .string else { return refuse(.external, "'external[\(index)]'", kind, needs: "a string") }
            draft.add(external: text)
        case .objects:
            defer { objectCount += 1 }
            guard kind == .object else {
                return refuse(.objects, "'objects[\(objectCount)]'", kind, needs: "an object")
            }
            object.begin(objectCount)
            return enter(.object)
        case .object: return object.take(kind, text, into: &draft) && enter(.refs)
        case .refs: object.takeRef(kind, text, into: &draft)
        }
        return false
    }

    /// The value of a field of the request.
    private mutating func takeField(_ kind: JSONKind, _ text: Span<UInt8>) -> Bool {
        guard let field, kind != .null else { return false }
        switch field {
        case .closure:
            guard kind == .string else { return refuse(field, "'closure'", kind, needs: "a string") }
            if draft.kind == .pendingClosure { draft.add(root: String(copying: text)) }
        case .verifyS3:
            guard kind == .true || kind == .false else {
                return refuse(field, "'verify_s3'", kind, needs: "true or false")
            }
            draft.verifiesObjects = kind == .true
        case .roots, .external, .objects:
            guard kind == .array else { return refuse(field, "'\(field.rawValue)'", kind, needs: "a list") }
            return enter(field == .roots ? .roots : field == .external ? .external : .objects)
        case .document: break
        }
        return false
    }

    private mutating func enter(_ next: Place) -> Bool {
        place = next
        if next != .object, next != .refs { index = 0 }
        return true
    }

    private mutating func endObject() {
        place = .objects
        if let failure = object.end(into: &draft) {
            failures.add(failure, in: .objects)
            draft.refuse()
        }
    }

    private mutating func refuse(
        _ field: CreateUploadField, _ path: String, _ kind: JSONKind, needs: String
    ) -> Bool {
        failures.add(.wrongKind(kind, of: path, needs: needs), in: field)
        draft.refuse()
        return false
    }
}
