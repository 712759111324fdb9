/// Why an object is kept although nothing refers to it.
public enum GCRoot: Hashable, Sendable {
    /// It is the top narinfo of a closure.
    case closure
    /// A closure keeps it beside what its references reach. `closure` is the number of that closure's top narinfo.
    case extra(closure: ObjectID)
    /// An upload claims it.
    case claim(UploadID)
}
