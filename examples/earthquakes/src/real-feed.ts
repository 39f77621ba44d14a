// 1,707 records of the USGS: all earthquakes of a week of February 2018, as the package vega-datasets ships them.

export const REAL_FEED = new URL('../../../node_modules/vega-datasets/data/earthquakes.json', import.meta.url);
