// One record of the USGS feed, with its real fields: many of them may be null.

import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  Equals,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  IsUrl,
  Min,
  ValidateBy,
  ValidateNested,
} from 'class-validator';

/** Depth is the third coordinate. Some records have a place above sea level: they are looked at by people. */
function IsBelowGround(): PropertyDecorator {
  return ValidateBy({
    name: 'isBelowGround',
    validator: {
      validate: (position: unknown) => Array.isArray(position) && typeof position[2] === 'number' && position[2] >= 0,
      defaultMessage: () => 'a depth (third coordinate) of at least 0',
    },
  });
}

export class Point {
  @Equals('Point') type!: string;

  /** Longitude, latitude, depth in kilometres. */
  @IsNumber({}, { each: true })
  @ArrayMinSize(3)
  @ArrayMaxSize(3)
  @IsBelowGround()
  coordinates!: number[];
}

export class Properties {
  @IsNumber() @Min(0) mag!: number;
  @IsString() place!: string;
  @IsInt() time!: number;
  @IsInt() updated!: number;
  @IsInt() tz!: number;
  @IsUrl() url!: string;
  @IsUrl() detail!: string;
  @IsOptional() @IsInt() felt!: number | null;
  @IsOptional() @IsNumber() cdi!: number | null;
  @IsOptional() @IsNumber() mmi!: number | null;
  /** The PAGER alert level. */
  @IsOptional() @IsIn(['green', 'yellow', 'orange', 'red']) alert!: string | null;
  @IsIn(['automatic', 'reviewed']) status!: string;
  @IsIn([0, 1]) tsunami!: number;
  @IsInt() sig!: number;
  @IsString() net!: string;
  @IsString() code!: string;
  @IsString() ids!: string;
  @IsString() sources!: string;
  @IsString() types!: string;
  @IsOptional() @IsInt() nst!: number | null;
  @IsOptional() @IsNumber() dmin!: number | null;
  @IsOptional() @IsNumber() rms!: number | null;
  @IsOptional() @IsNumber() gap!: number | null;
  @IsString() magType!: string;
  @IsString() type!: string;
  @IsString() title!: string;
}

export class Feature {
  @Equals('Feature') type!: string;
  @IsString() id!: string;
  @ValidateNested()
  @Type(() => Properties)
  properties!: Properties;
  @ValidateNested()
  @Type(() => Point)
  geometry!: Point;
}

/** What the desk makes of a record. */
export class Quake {
  @IsString() id!: string;
  @IsString() title!: string;
  @IsNumber() magnitude!: number;
  @IsOptional() @IsString() alert!: string | null;
}
