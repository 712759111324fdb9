import CacheCore

/// A number over time, drawn as SVG.
struct SVGPlot: Sendable {
    /// What it shows.
    let title: String
    /// By ascending time.
    let points: [(time: Timestamp, value: Double)]
    /// Writes a number beside the axis.
    let label: @Sendable (Double) -> String

    private static let (width, height) = (640.0, 220.0)
    private static let (left, right, top, bottom) = (76.0, 12.0, 12.0, 28.0)
    /// More points than pixels show nothing more.
    private static let maximumPoints = 600

    var html: HTML {
        guard points.count > 1, let first = points.first, let last = points.last, first.time < last.time else {
            return """
                <figure><figcaption>\(title)</figcaption>
                <p class="quiet">There are not enough notes to draw yet; one is taken every ten minutes.</p></figure>
                """
        }
        let scale = PlotScale(upTo: points.map(\.value).max() ?? 0)
        let stride = max(1, (points.count + Self.maximumPoints - 1) / Self.maximumPoints)
        let drawn = points.enumerated().filter { $0.offset % stride == 0 || $0.offset == points.count - 1 }.map(
            \.element)
        let span = Double((last.time - first.time).microseconds)
        let places = drawn.map { point in
            (x: x(Double((point.time - first.time).microseconds) / span), y: y(point.value / scale.end))
        }
        let line = places.map { "\(Self.text($0.x)) \(Self.text($0.y))" }.joined(separator: "L")
        let area = "M\(Self.text(x(0))) \(Self.text(y(0)))L\(line)L\(Self.text(x(1))) \(Self.text(y(0)))Z"
        return """
            <figure><figcaption>\(title)</figcaption>
            <svg class="plot" viewBox="0 0 640 220" role="img"><title>\(summary(first, last))</title>
            \(scale.marks.map(mark(of: scale)))<path class="area" d="\(area)"/><path class="line" d="M\(line)"/>
            <text x="\(Self.text(x(0)))" y="212">\(Self.text(first.time, over: span))</text>\
            <text x="\(Self.text(x(1)))" y="212" text-anchor="end">\(Self.text(last.time, over: span))</text>
            </svg></figure>
            """
    }

    /// What the picture says, for those who do not see it.
    private func summary(_ first: (time: Timestamp, value: Double), _ last: (time: Timestamp, value: Double)) -> String
    {
        "\(title): \(label(first.value)) on \(first.time.minuteText), \(label(last.value)) on \(last.time.minuteText)"
    }

    private func mark(of scale: PlotScale) -> (Double) -> HTML {
        { value in
            let place = Self.text(y(value / scale.end))
            return """
                <path class="grid" d="M\(Self.text(x(0))) \(place)H\(Self.text(x(1)))"/>\
                <text x="\(Self.text(Self.left - 8))" y="\(place)" dy=".35em" text-anchor="end">\(label(value))</text>

                """
        }
    }

    private func x(_ share: Double) -> Double { Self.left + share * (Self.width - Self.left - Self.right) }
    private func y(_ share: Double) -> Double {
        Self.height - Self.bottom - share * (Self.height - Self.top - Self.bottom)
    }

    private static func text(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
    }

    /// With the time of day where the plot spans only some days.
    private static func text(_ time: Timestamp, over span: Double) -> String {
        span < 4 * 86400e6 ? time.minuteText : String(time.minuteText.prefix(10))
    }
}
