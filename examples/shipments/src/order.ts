import { Type } from 'class-transformer';
import { IsInt, IsString, Min, ValidateNested } from 'class-validator';
import { Job } from 'onward';

export class Line {
  @IsString() sku!: string;
  @IsInt()
  @Min(1)
  quantity!: number;
}

export class Order {
  @IsString() id!: string;
  @IsString() town!: string;
  @IsInt()
  @Min(1)
  cents!: number;
  @ValidateNested({ each: true })
  @Type(() => Line)
  lines!: Line[];
}

/** Where an order comes in. Picking, paying and booking a carrier start from here, side by side. */
export class Shop {
  @Job()
  order(order: Order): Order {
    return order;
  }
}
