/// The numbers beside an axis that begins at 0: a few, and round.
struct PlotScale: Hashable, Sendable {
    /// Ascending, from 0.
    let marks: [Double]

    var end: Double { marks.last ?? 1 }

    /// - Parameter maximum: what has to find room.
    init(upTo maximum: Double) {
        guard maximum > 0, maximum.isFinite else {
            marks = [0, 1]
            return
        }
        let rough = maximum / 4
        var power = 1.0
        while power * 10 <= rough { power *= 10 }
        while power > rough { power /= 10 }
        let step = power * ([1, 2, 5, 10].first { $0 * power >= rough } ?? 10)
        marks = (0...Int((maximum / step).rounded(.up))).map { Double($0) * step }
    }
}
