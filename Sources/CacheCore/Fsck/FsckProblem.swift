/// What is wrong with an object, and what would help.
struct FsckProblem: Sendable {
    /// What is done about a problem, under a claim.
    enum Remedy: Sendable {
        /// Nothing that can be done here.
        case none
        /// The object is lost: the next push sends it.
        case markLost
        /// The size of the object is written.
        case correctSize(Int64)
        /// Only these refs are kept.
        case cut([ObjectID])
        /// The object refers to these keys from now on.
        case link([String])
    }

    /// The object that was looked at.
    var subject: InspectedObject
    /// The object that something is done about: the subject, or the NAR it names.
    var target: ObjectID
    var targetKey: ObjectKey
    var kind: FsckFinding.Kind
    var detail: String
    var remedy: Remedy

    /// What is the matter with an object itself.
    init(_ subject: InspectedObject, _ kind: FsckFinding.Kind, _ detail: String, _ remedy: Remedy) {
        self.subject = subject
        target = subject.id
        targetKey = subject.key
        self.kind = kind
        self.detail = detail
        self.remedy = remedy
    }

    /// What is the matter with the NAR that a narinfo names.
    init(
        _ subject: InspectedObject, nar: ObjectID, key: ObjectKey, _ kind: FsckFinding.Kind, _ detail: String,
        _ remedy: Remedy
    ) {
        self.init(subject, kind, detail, remedy)
        target = nar
        targetKey = key
    }

    /// Two looks found the same when these are equal.
    var identity: Identity { Identity(target: target, kind: kind) }

    struct Identity: Hashable {
        var target: ObjectID
        var kind: FsckFinding.Kind
    }

    func finding(isRepaired: Bool) -> FsckFinding {
        FsckFinding(kind: kind, key: targetKey.text, detail: detail, isRepaired: isRepaired)
    }
}
