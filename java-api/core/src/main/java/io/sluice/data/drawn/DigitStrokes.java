package io.sluice.data.drawn;

import java.util.List;

/**
 * The pen strokes of the ten digits: polygons of control points {@code x0, y0, x1, y1, ...} in a
 * unit box, x to the right and y down. A stroke of two points is straight; a longer one is a smooth
 * curve through its points.
 */
final class DigitStrokes {
    private static final List<List<double[]>> STROKES =
            List.of(
                    List.of(
                            stroke(
                                    .52, .04, .27, .18, .16, .5, .25, .83, .5, .96, .75, .83, .84,
                                    .5, .74, .17, .48, .05)),
                    List.of(stroke(.36, .24, .56, .05), stroke(.56, .05, .53, .95)),
                    List.of(
                            stroke(
                                    .2, .27, .29, .1, .52, .04, .76, .17, .74, .4, .5, .66, .19,
                                    .92),
                            stroke(.19, .92, .85, .91)),
                    List.of(
                            stroke(.21, .14, .5, .04, .77, .2, .66, .42, .42, .48),
                            stroke(.42, .48, .71, .54, .82, .74, .57, .95, .18, .86)),
                    List.of(
                            stroke(.62, .05, .38, .36, .15, .66),
                            stroke(.15, .66, .9, .63),
                            stroke(.66, .34, .62, .96)),
                    List.of(
                            stroke(.8, .06, .31, .08),
                            stroke(.31, .08, .25, .45),
                            stroke(.25, .45, .52, .37, .79, .54, .75, .83, .46, .96, .18, .86)),
                    List.of(
                            stroke(
                                    .7, .05, .4, .24, .22, .56, .26, .83, .5, .95, .75, .81, .74,
                                    .59, .5, .49, .26, .64)),
                    List.of(stroke(.16, .09, .84, .08), stroke(.84, .08, .6, .46, .42, .95)),
                    List.of(
                            stroke(
                                    .52, .47, .28, .32, .3, .12, .51, .04, .72, .12, .73, .3, .5,
                                    .48, .24, .68, .27, .89, .5, .96, .74, .89, .77, .68, .5, .46)),
                    List.of(
                            stroke(
                                    .76, .29, .54, .5, .28, .39, .28, .15, .53, .04, .75, .17, .76,
                                    .32, .7, .65, .56, .95)));

    private DigitStrokes() {}

    /** How many digits there are. */
    static int digits() {
        return STROKES.size();
    }

    static List<double[]> of(int digit) {
        return STROKES.get(digit);
    }

    private static double[] stroke(double... coordinates) {
        return coordinates;
    }
}
