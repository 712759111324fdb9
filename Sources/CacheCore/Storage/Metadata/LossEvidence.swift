/// By what an object that counts as live was found lost.
public enum LossEvidence: Hashable, Sendable {
    /// The object store does not have it, or has something else.
    case absence
    /// Its row refers to rows that are gone, so that its text has to be written anew. That only counts while no earlier
    /// write may yet come, which would bring the old text back, and while the row still does: another push may have
    /// mended it since.
    case danglingReferences
}
