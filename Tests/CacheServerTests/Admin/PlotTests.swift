import CacheCore
import Testing

@testable import CacheServer

@Suite struct PlotTests {
    @Test(arguments: [
        (0.0, [0.0, 1]), (1, [0, 0.5, 1]), (3, [0, 1, 2, 3]), (4, [0, 1, 2, 3, 4]), (4.1, [0, 2, 4, 6]),
        (10, [0, 5, 10]), (99, [0, 50, 100]), (100, [0, 50, 100]), (12_345, [0, 5000, 10_000, 15_000]),
        (.infinity, [0, 1]), (-5, [0, 1]),
    ])
    func roundNumbers(maximum: Double, marks: [Double]) {
        #expect(PlotScale(upTo: maximum).marks == marks)
    }

    private static func points(_ values: [Double], seconds: Int64 = 600) -> [(time: Timestamp, value: Double)] {
        values.enumerated().map { (time: Timestamp(seconds: Int64($0.offset) * seconds), value: $0.element) }
    }

    @Test func aPlot() {
        let plot = SVGPlot(title: "Things", points: Self.points([0, 2, 4])) { "\(Int($0)) <" }
        let html = plot.html.text
        #expect(html.contains("<title>Things: 0 &lt; on 1970-01-01 00:00, 4 &lt; on 1970-01-01 00:20</title>"))
        #expect(html.contains(#"<path class="line" d="M76 192L352 102L628 12"/>"#))
        #expect(html.contains(#"<path class="area" d="M76 192L76 192L352 102L628 12L628 192Z"/>"#))
        #expect(html.matches(of: /class="grid"/).count == 5)
        #expect(html.contains(#"<text x="76" y="212">1970-01-01 00:00</text>"#))
    }

    @Test func onlyWhatCanBeSeenIsDrawn() {
        let plot = SVGPlot(title: "Many", points: Self.points((0..<4000).map(Double.init), seconds: 86_400)) { "\($0)" }
        let html = plot.html.text
        #expect(html.utf8.count < 30_000)
        // The first and the last are.
        #expect(html.contains("M76 192L"))
        #expect(html.contains(">1980-12-13</text>"))
    }

    @Test(arguments: [[], [1.0]])
    func tooLittle(values: [Double]) {
        let html = SVGPlot(title: "Few", points: Self.points(values)) { "\($0)" }.html.text
        #expect(!html.contains("<svg"))
        #expect(html.contains("not enough notes"))
    }

    @Test(arguments: [
        (-1, "just now"), (0, "0 s ago"), (59, "59 s ago"), (60, "1 min ago"), (7199, "1 h ago"), (172_799, "47 h ago"),
        (172_800, "2 days ago"),
    ])
    func ages(seconds: Int, text: String) {
        #expect(Duration.seconds(seconds).ageText == text)
    }

    @Test func fieldsOfAForm() {
        let fields = FormFields(Array("a=1+2&b=%3C%26%3E&c&d=%20x%0A&a=3".utf8))
        #expect(["a", "b", "c", "d", "e"].map { fields[$0] } == ["1 2", "<&>", "", "x", ""])
        #expect(FormFields([0xFF, 0xFE])["a"] == "")
        #expect("\(QueryValue("a b&c=ä/~"))" == "a%20b%26c%3D%C3%A4%2F~")
    }
}
