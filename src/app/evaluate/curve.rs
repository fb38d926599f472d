//! The coverage/precision curve as an SVG, drawn by hand: three lines need no plotting library.

use crate::desk::evaluation::CurvePoint;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 60.0;
const TOP: f64 = 40.0;
const RIGHT: f64 = 20.0;
const BOTTOM: f64 = 60.0;

/// Draws coverage, precision and what strays in, over the answering threshold; a vertical line marks the one in force.
pub(super) fn svg(curve: &[CurvePoint], answer_at: f32) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"white\"/>\n"
    );
    for tenth in 0..=10_u8 {
        let share = f64::from(tenth) / 10.0;
        let (x, y) = (across(share), down(share));
        svg += &format!(
            "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#ddd\"/>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{share:.1}</text>\n\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{share:.1}</text>\n",
            WIDTH - RIGHT,
            LEFT - 8.0,
            y + 4.0,
            HEIGHT - BOTTOM + 18.0,
        );
    }
    let lines: [(&str, &str, fn(&CurvePoint) -> f64); 3] = [
        ("答复率", "#1f77b4", |point| point.coverage),
        ("答复正确率", "#2ca02c", |point| point.precision),
        ("范围外被答复", "#d62728", |point| point.strayed),
    ];
    for (number, (name, colour, value)) in (0_u8..).zip(lines) {
        let points: Vec<String> = curve
            .iter()
            .map(|point| format!("{:.1},{:.1}", across(f64::from(point.threshold)), down(value(point))))
            .collect();
        let x = LEFT + 10.0 + 140.0 * f64::from(number);
        svg += &format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n\
             <line x1=\"{x:.1}\" x2=\"{:.1}\" y1=\"20\" y2=\"20\" stroke=\"{colour}\" stroke-width=\"2\"/>\n\
             <text x=\"{:.1}\" y=\"24\">{name}</text>\n",
            points.join(" "),
            x + 24.0,
            x + 30.0,
        );
    }
    let x = across(f64::from(answer_at));
    svg += &format!(
        "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{:.1}\" stroke=\"#555\" stroke-dasharray=\"4 3\"/>\n\
         <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">答复门槛 {answer_at:.3}</text>\n</svg>\n",
        HEIGHT - BOTTOM,
        HEIGHT - BOTTOM + 40.0,
    );
    svg
}

fn across(share: f64) -> f64 {
    LEFT + share * (WIDTH - LEFT - RIGHT)
}

fn down(share: f64) -> f64 {
    HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_is_drawn_within_its_frame() {
        let point = |threshold, coverage| CurvePoint { threshold, coverage, precision: 1.0, strayed: 0.0 };
        let svg = svg(&[point(0.0, 1.0), point(1.0, 0.0)], 0.8);
        assert!(svg.contains("points=\"60.0,40.0 620.0,360.0\""), "{svg}");
        assert!(svg.contains("答复门槛 0.800") && svg.ends_with("</svg>\n"));
    }
}
